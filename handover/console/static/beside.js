// Who else is at this thread: our own beats go out, and what the stream says of colleagues is shown.

import { say as words } from "./said.js";

const BEAT = 30_000; // ms; handover.attention thinks somebody gone after 75 s
const KEYSTROKES = 8_000; // ms between two times that writing is said

const body = document.body;

/** @returns {string | undefined} the client whose thread is on the page */
export const personShown = () => /** @type {HTMLElement | null} */ (document.querySelector("#talk[data-person]"))?.dataset.person;

/** @param {string} person @param {string} state */
function say(person, state) {
  const form = new URLSearchParams({ staat: state, csrf: body.dataset.csrf ?? "" });
  fetch(`/console/client/${person}/hier`, { method: "POST", body: form, keepalive: true }).catch(() => {});
}

let said = 0;
let wasEmpty = true;

/** @param {HTMLTextAreaElement} text */
export function typed(text) {
  const person = personShown();
  if (text.id !== "text" || !person) return;
  const empty = !text.value.trim();
  const now = Date.now();
  if (empty === wasEmpty && (empty || now - said < KEYSTROKES)) return;
  wasEmpty = empty;
  said = now;
  say(person, empty ? "leeg" : "schrijft");
}

/** @type {string | undefined} */
let at;

/** The page shows a thread, or another one, or none. */
export function moved() {
  const person = personShown();
  if (at && at !== person) say(at, "weg");
  if (at !== person) wasEmpty = true;
  at = person;
}

/** @param {{ name: string, writes: boolean }[]} others */
export function showOthers(others) {
  const place = document.getElementById("others");
  if (!place) return;
  place.hidden = !others.length;
  place.replaceChildren(
    ...others.flatMap((one) => {
      const badge = document.createElement("span");
      badge.className = one.writes ? "badge wait" : "badge";
      badge.textContent = words(one.writes ? "writes" : "looks", { name: one.name });
      return [badge, " "];
    }),
  );
}

export function startBeats() {
  moved();
  setInterval(() => at && !document.hidden && say(at, "kijkt"), BEAT);
  document.addEventListener("visibilitychange", () => at && say(at, document.hidden ? "weg" : "kijkt"));
  addEventListener("pagehide", () => at && say(at, "weg"));
}
