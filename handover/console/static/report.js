// A report about the offer, decided in two keys: a or w goes to the answer, Enter gives it.

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (/^(TEXTAREA|SELECT|INPUT)$/.test(target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || !/^[a-z]$/.test(event.key)) return;
  const place = document.querySelector(`[data-report-key="${event.key}"]`);
  if (!(place instanceof HTMLElement)) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // on this page these keys mean this
  place.focus();
}, true);
