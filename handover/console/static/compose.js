// What goes into the draft without leaving the page: a saved text, an answer from the offer, what the bot would say.
// Nothing here sends anything. Without scripts the same links give the page again with the text in the draft.

import { say } from "./said.js";

/** @param {string} id @returns {HTMLElement | null} */
const byId = (id) => document.getElementById(id);

/** Puts a text where the cursor is in the draft, on a line of its own. @param {string} text */
function insert(text) {
  const draft = /** @type {HTMLTextAreaElement | null} */ (byId("text"));
  if (!draft) return;
  const at = draft.selectionStart ?? draft.value.length;
  const before = draft.value.slice(0, at).replace(/\s+$/, "");
  const after = draft.value.slice(draft.selectionEnd ?? at).replace(/^\s+/, "");
  draft.value = [before, text, after].filter(Boolean).join("\n");
  const end = (before ? before.length + 1 : 0) + text.length;
  draft.focus();
  draft.setSelectionRange(end, end);
  draft.dispatchEvent(new Event("input", { bubbles: true }));
  const blank = draft.value.search(/\{\w+\}/);
  if (blank >= 0) draft.setSelectionRange(blank, draft.value.indexOf("}", blank) + 1);
}

/** The language of the text that was put in, and the Dutch beside it. @param {string} language @param {string} original */
function beside(language, original) {
  const field = /** @type {HTMLInputElement | null} */ (byId("draft-language"));
  if (field) field.value = language;
  const box = byId("draft-original");
  if (!box) return;
  box.hidden = !original;
  const words = box.querySelector("p");
  if (words) words.textContent = original;
}

/** @param {string} words */
function tell(words) {
  const reading = byId("reading");
  if (reading) reading.textContent = words;
}

/** @param {string} address */
async function suggest(address) {
  tell(say("searching"));
  try {
    const answer = await fetch(address);
    const text = answer.ok ? (await answer.text()).trim() : "";
    if (text) insert(text);
    tell(say(text ? "suggested" : "no_suggestion"));
  } catch {
    tell(say("offline"));
  }
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const link = /** @type {HTMLElement | null} */ (target.closest("[data-insert], [data-suggest]"));
  if (!link || !byId("text")) return;
  event.preventDefault();
  if (link.dataset.suggest) {
    suggest(link.dataset.suggest);
    return;
  }
  insert(link.dataset.insert ?? "");
  beside(link.dataset.language ?? "", link.dataset.original ?? "");
  link.closest("details.menu")?.removeAttribute("open");
});

document.addEventListener("input", (event) => {
  const draft = event.target;
  if (draft instanceof HTMLTextAreaElement && draft.id === "text" && !draft.value) beside("", "");
});

document.addEventListener("change", (event) => {
  const chosen = event.target;
  if (!(chosen instanceof HTMLSelectElement) || chosen.id !== "address") return;
  for (const why of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".way-why"))) {
    why.hidden = why.dataset.way !== chosen.value;
  }
});

function withScripts() {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".with-scripts"))) part.hidden = false;
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".without-scripts"))) part.hidden = true;
}

document.body.addEventListener("htmx:afterSettle", withScripts);
withScripts();
