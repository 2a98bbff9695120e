// @ts-check
/** The demo's phone, live: looks for new SMS by itself and sends without leaving the page, which also works without. */

const EVERY = 1_500; // milliseconds between looks

const log = /** @type {HTMLElement} */ (document.getElementById("log"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("send"));
const field = /** @type {HTMLTextAreaElement} */ (document.getElementById("text"));
const number = new FormData(form).get("number");
const here = `/demo-phone?${new URLSearchParams({ number: String(number) })}`;

/** Put the SMS of a freshly fetched page on this one; only what is new, so that it is read aloud once. */
async function show(/** @type {Response} */ answer) {
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const list = page.querySelector("#log ol");
  const mine = log.querySelector("ol");
  if (!list) return;
  if (!mine) log.replaceChildren(list);
  else mine.append(...[...list.children].filter((sms) => !document.getElementById(sms.id)));
}

async function look() {
  try {
    if (!document.hidden) await show(await fetch(here));
  } catch {
    // The program is away for a moment; the next look finds it.
  }
  setTimeout(look, EVERY);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = new FormData(form);
  if (!String(typed.get("text")).trim()) return;
  field.value = "";
  try {
    await show(await fetch(form.action, { method: "POST", body: new URLSearchParams(/** @type {any} */ (typed)) }));
  } catch {
    field.value = String(typed.get("text"));
  }
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

setTimeout(look, EVERY);
