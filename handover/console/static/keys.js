// The console's keys: every step of a conversation without a mouse. "?" shows them.

import { copyLink, walkThread } from "./thread.js";

/** The list of keys. */
export function showKeys() {
  /** @type {HTMLDialogElement | null} */ (document.getElementById("keys"))?.showModal();
}

/** @param {string} selector */
function press(selector) {
  const found = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  if (found instanceof HTMLTextAreaElement || found instanceof HTMLInputElement || found instanceof HTMLSelectElement) found.focus();
  else found?.click();
}

/** @param {string} id */
function unfold(id) {
  const box = document.getElementById(id);
  if (box instanceof HTMLDetailsElement) box.open = true;
}

/** @param {number} step */
function walk(step) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("a.list-row"), ...document.querySelectorAll("a.list-more")]);
  if (!rows.length) return;
  const here = rows.findIndex((row) => row === document.activeElement || (row.getAttribute("aria-current") && !rows.includes(/** @type {HTMLElement} */ (document.activeElement))));
  rows[Math.min(Math.max(here + step, 0), rows.length - 1)].focus();
}

/** The page to note a visit or a call, with the person whose thread is open. @param {string} way */
function note(way) {
  const person = /** @type {HTMLElement | null} */ (document.querySelector("[data-person]"))?.dataset.person;
  location.assign(`/console/noteer?soort=${way}${person ? `&persoon=${person}` : ""}`);
}

/** @type {Record<string, () => void>} */
const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  e: () => press("#take-over"),
  r: () => press("#text"),
  n: () => {
    unfold("note-box");
    press("#note-text");
  },
  a: () => {
    unfold("more");
    press("#assign");
  },
  b: () => press("#give-back"),
  l: () => note("visit"),
  t: () => note("call"),
  x: () => note("no_show"),
  "/": () => press("#search"),
  i: () => {
    unfold("insert");
    /** @type {HTMLElement | null} */ (document.querySelector("#insert a"))?.focus();
  },
  o: () => {
    unfold("offer");
    press("#offer-words");
  },
  s: () => press("#suggest"),
  p: () => press("#offer-times"),
  w: () => press("#approved"),
  J: () => walkThread(1),
  K: () => walkThread(-1),
  y: copyLink,
  f: () => {
    unfold("seek");
    press("#seek-words");
  },
  g: () => {
    unfold("seek");
    press("#seek-day");
  },
  z: () => press("#undo"),
  "?": showKeys,
};

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  if (typing && event.key === "Escape") target.blur();
  if (target instanceof HTMLTextAreaElement && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    target.form?.requestSubmit(target.form.querySelector("button"));
  }
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.removeAttribute("open");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const action = KEYS[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
});
