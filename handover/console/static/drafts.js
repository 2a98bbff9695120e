// Drafts: kept on this device, per person of ours and per client, with the id under which they are sent.
// That id stays with the words: whatever is sent again after a reload or a dead network is one message.

const DRAFT = "leerlijn-draft:";

/** @typedef {{ text: string, id?: string }} Kept */

/** @param {string} key @returns {Kept | null} */
function read(key) {
  try {
    const kept = localStorage.getItem(DRAFT + key);
    return kept ? JSON.parse(kept) : null;
  } catch {
    return null; // no storage here, or words from before: nothing to put back
  }
}

/** @param {string} key @param {Kept | null} kept */
function write(key, kept) {
  try {
    if (kept) localStorage.setItem(DRAFT + key, JSON.stringify(kept));
    else localStorage.removeItem(DRAFT + key);
  } catch {
    // full or forbidden: the words stay in the page
  }
}

/** @param {Element} form @returns {HTMLInputElement | null} */
const idOf = (form) => form.querySelector("input[name=client_msg_id]");

/** Whether the thread shows that this id has gone out. @param {string | undefined} id */
const isSent = (id) => Boolean(id && document.querySelector(`#thread [data-sent="${CSS.escape(id)}"]`));

/** Put back what was being written, unless it has left meanwhile. */
export function restoreDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = form.getAttribute("data-draft") ?? "";
    const text = form.querySelector("textarea");
    const id = idOf(form);
    const kept = read(key);
    if (!kept || !text) continue;
    if (isSent(kept.id)) {
      if (!text.value) write(key, null);
      else if (id) write(key, { text: text.value, id: id.value });
      continue;
    }
    if (!text.value) text.value = kept.text;
    if (id && kept.id) id.value = kept.id;
  }
}

/** @param {HTMLTextAreaElement} text */
export function keepDraft(text) {
  const form = text.form;
  const key = form?.dataset.draft;
  if (!form || !key) return;
  write(key, text.value ? { text: text.value, id: idOf(form)?.value } : null);
}

/** @param {HTMLFormElement} form */
export function forgetDraft(form) {
  if (form.dataset.draft) write(form.dataset.draft, null);
}

/** At log-out: another may sit here next. */
export function forgetAllDrafts() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(DRAFT)) localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}

/** The answer to a send got lost, and now the thread shows that it left: the words make place for new ones.
 * @param {Document} page the page as the server has it now @returns {boolean} whether that was so */
export function settleSent(page) {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("answer"));
  const id = form && idOf(form);
  const fresh = page.querySelector("#answer input[name=client_msg_id]");
  if (!form || !id || !isSent(id.value) || !(fresh instanceof HTMLInputElement)) return false;
  const text = form.querySelector("textarea");
  const sent = document.querySelector(`#thread [data-sent="${CSS.escape(id.value)}"] .msg-body`)?.textContent?.trim();
  id.value = fresh.value;
  if (!text?.value || text.value.trim() !== sent) {
    if (text) keepDraft(text);
    return false;
  }
  text.value = "";
  forgetDraft(form);
  return true;
}
