// Walking through a thread by key, going to one message, and the link to it.

import { say } from "./said.js";

/** @returns {HTMLElement[]} */
const lines = () => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#thread > li.msg"))];

/** Where one is: the line that has focus, else the one that was linked to. */
function here() {
  return lines().find((line) => line.contains(document.activeElement)) ?? lines().find((line) => line.matches(":target"));
}

/** Scrolls to a line of the thread and puts focus on it, so that keys and screen readers go on from there.
 * @param {HTMLElement} line */
export function goTo(line) {
  line.tabIndex = -1;
  line.scrollIntoView({ block: "center" });
  line.focus({ preventScroll: true });
}

/** @param {number} step one line on, or back; without a place yet: the newest */
export function walkThread(step) {
  const all = lines();
  const at = here();
  const next = at ? all[Math.min(Math.max(all.indexOf(at) + step, 0), all.length - 1)] : all.at(-1);
  if (next) goTo(next);
}

/** @param {string} text */
function tell(text) {
  const box = document.createElement("p");
  box.className = "toast";
  box.textContent = text;
  document.getElementById("toasts")?.append(box);
  setTimeout(() => box.remove(), 8000);
}

/** The link to the message one is at (else the newest), for a colleague; it is shown where it cannot be copied. */
export async function copyLink() {
  const line = here() ?? lines().at(-1);
  const link = /** @type {HTMLAnchorElement | null | undefined} */ (line?.querySelector("a.permalink"));
  if (!link) return;
  try {
    await navigator.clipboard.writeText(link.href);
    tell(say("copied"));
  } catch {
    tell(say("link", { link: link.href }));
  }
}
