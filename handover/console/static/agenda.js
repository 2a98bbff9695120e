// Dragging an appointment to a free time, or to a day to choose a time there. The form with the hour, and the list of
// free times, do the same without it.

/** @type {HTMLElement | null} */
let held = null;

/** @param {Event} event @param {string} selector @returns {HTMLElement | null} */
function under(event, selector) {
  const at = event.target instanceof Element ? event.target.closest(selector) : null;
  return at instanceof HTMLElement ? at : null;
}

/** The page is renewed as things happen, so what can be dragged is marked when a pointer comes near, and again when it is
 * pressed: it may have been renewed under a pointer that stood still.
 * @param {Event} event */
function mark(event) {
  const item = under(event, "[data-move]");
  if (item) item.draggable = true;
}

document.addEventListener("pointerover", mark);
document.addEventListener("pointerdown", mark);

document.addEventListener("dragstart", (event) => {
  held = under(event, "[data-move]");
  if (!held || !event.dataTransfer) return;
  held.classList.add("dragged"); // so that the page is not renewed under the hand
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", held.dataset.move ?? "");
});

document.addEventListener("dragover", (event) => {
  const free = held && (under(event, "[data-key]") ?? under(event, "[data-day]"));
  for (const other of document.querySelectorAll(".over")) if (other !== free) other.classList.remove("over");
  if (!free) return;
  event.preventDefault();
  free.classList.add("over");
});

document.addEventListener("drop", (event) => {
  const free = under(event, "[data-key]");
  const form = document.getElementById(held?.dataset.move ?? "");
  const day = under(event, "[data-day]")?.dataset.day;
  if (!free && day && held?.dataset.appointment) {
    event.preventDefault();
    location.assign(`/console/agenda/dag?dag=${day}&verplaats=${held.dataset.appointment}`);
    return;
  }
  if (!free || !(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  const key = form.elements.namedItem("key");
  if (key instanceof HTMLInputElement) key.value = free.dataset.key ?? "";
  form.requestSubmit();
});

document.addEventListener("dragend", () => {
  held?.classList.remove("dragged");
  held = null;
  for (const other of document.querySelectorAll(".over")) other.classList.remove("over");
});
