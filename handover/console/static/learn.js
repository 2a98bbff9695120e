// Saying what a message really meant, by key and without leaving the page. Without scripts the forms work as they are.

import { say } from "./said.js";

/** @param {string} text @param {string} [kind] */
function tell(text, kind = "") {
  const box = document.createElement("p");
  box.className = `toast ${kind}`;
  box.textContent = text;
  document.getElementById("toasts")?.append(box);
  setTimeout(() => box.remove(), 6000);
}

/** The page as it is after the form; null when it was refused. @param {HTMLFormElement} form @param {HTMLElement | null} button */
async function send(form, button) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) fields.append(name, String(value));
  if (button instanceof HTMLButtonElement && button.name) fields.append(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    if (answer.ok && !answer.url.includes("/console/login")) {
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    }
    tell(say("uncorrected"), "alarm");
  } catch {
    tell(say("uncorrected_offline"), "alarm");
  }
  return null;
}

// ---- one message, in its thread ----

/** Opens the "why" of the message one is at (focus, else the one linked to, else the newest); again: the one before. */
function openWhy() {
  const all = /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll("#thread details[data-correctable]")]);
  const at = all.find((why) => why.closest("li")?.contains(document.activeElement));
  const linked = all.find((why) => why.closest("li")?.matches(":target"));
  const why = at?.open ? all[Math.max(all.indexOf(at) - 1, 0)] : (at ?? linked ?? all.at(-1));
  if (!why) return;
  for (const other of all) other.open = other === why;
  why.querySelector("summary")?.focus({ preventScroll: true });
  why.closest("li")?.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} button */
async function correct(form, button) {
  const line = form.closest("li");
  const page = await send(form, button);
  const fresh = line && page?.getElementById(line.id);
  if (!line || !fresh) {
    if (page) location.reload();
    return;
  }
  line.innerHTML = fresh.innerHTML;
  const why = line.querySelector("details.why");
  why?.querySelector("summary")?.focus({ preventScroll: true });
  tell(why?.querySelector("summary .badge")?.textContent ?? say("kept"));
}

// ---- a group of doubts ----

/** @returns {HTMLFormElement[]} */
const groups = () => [...document.querySelectorAll("form[data-doubts]")].map((form) => /** @type {HTMLFormElement} */ (form));

/** The group one is at; none yet: the first. */
const groupHere = () => groups().find((group) => group.contains(document.activeElement));

/** @param {number} step */
function walkGroups(step) {
  const all = groups();
  const here = groupHere();
  const next = all[here ? Math.min(Math.max(all.indexOf(here) + step, 0), all.length - 1) : 0];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} button */
async function nameGroup(form, button) {
  const count = form.querySelectorAll("input[type=checkbox]:checked").length;
  const page = await send(form, button);
  if (!page) return;
  const counts = page.getElementById("doubt-counts");
  if (counts) document.getElementById("doubt-counts")?.replaceWith(counts);
  const item = form.closest("li");
  const all = groups();
  const next = all[all.indexOf(form) + 1] ?? all[all.indexOf(form) - 1];
  for (const box of form.querySelectorAll("input[type=checkbox]:checked")) box.closest("li")?.remove();
  const rest = form.querySelector("input[type=checkbox]");
  if (!rest) item?.remove();
  (rest ? form : next)?.focus();
  tell(say("named", { count }));
  if (!groups().length) location.reload();
}

// ---- forms and keys ----

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = /** @type {HTMLElement | null} */ (event.submitter);
  if (form.dataset.correct !== undefined) {
    event.preventDefault();
    correct(form, button);
  } else if (form.dataset.doubts !== undefined) {
    event.preventDefault();
    nameGroup(form, button);
  }
});

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const writing = /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target instanceof HTMLInputElement && target.type !== "checkbox");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const open = document.querySelector("#thread details[data-correctable][open]");
  const place = groupHere() ?? (open?.contains(document.activeElement) ? open : null);
  const found = /^[a-z0-9]$/.test(event.key) ? place?.querySelector(`[data-key="${event.key}"]`) : null;
  if (found instanceof HTMLElement) {
    event.preventDefault();
    event.stopImmediatePropagation(); // inside a panel its own keys count
    if (found instanceof HTMLSelectElement) found.focus();
    else found.click();
  } else if (event.key === "c" && document.getElementById("thread")) {
    event.preventDefault();
    openWhy();
  } else if ((event.key === "j" || event.key === "k") && groups().length) {
    event.preventDefault();
    walkGroups(event.key === "j" ? 1 : -1);
  }
}, true);
