// @ts-check
/** Files in the web chat: sent as the form sends them without a script, but without leaving the page. */

import { newId } from "./chat-link.js";

/** @typedef {{id: number, kind: string, name: string}} ChatFile */

/** Sends what is chosen in `input`; the same id until it arrived, so that trying again makes no second message. */
export class Files {
  #id = "";
  sending = false;

  /** @param {HTMLInputElement} input @param {HTMLDetailsElement} box around it */
  constructor(input, box) {
    this.input = input;
    this.box = box;
  }

  get chosen() {
    return [...(this.input.files ?? [])];
  }

  /** What is on its way, in words. */
  get names() {
    return this.chosen.map((file) => file.name).join(", ");
  }

  /**
   * Send `text` with the chosen files. Returns the sentence that says why not, empty when it arrived, null when nobody knows.
   * @param {string} text @param {string} language @param {string} token @returns {Promise<string|null>}
   */
  async send(text, language, token) {
    this.#id ||= newId();
    this.sending = true;
    const form = new FormData();
    const fields = { text, lang: language, client_msg_id: this.#id, ...(token ? { token } : {}) };
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    this.chosen.forEach((file) => form.append("file", file));
    try {
      const answer = await fetch("/chat", { method: "POST", body: form, headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (!answer.ok) return said.error ?? null;
    } catch {
      return null;
    } finally {
      this.sending = false;
    }
    this.#id = this.input.value = "";
    this.box.open = false;
    return "";
  }
}

/** A file as it stands in the thread. @param {ChatFile} file @param {Record<string, string>} words */
export function drawFile(file, words) {
  const named = file.name || words[file.kind] || words.document;
  const link = document.createElement("a");
  link.className = "file";
  link.href = `/chat/bijlage/${file.id}`;
  link.target = "_blank";
  link.rel = "noopener";
  if (file.kind === "image") {
    const picture = document.createElement("img");
    picture.src = `${link.href}?klein=1`;
    picture.alt = named;
    link.append(picture);
  } else {
    const name = document.createElement("bdi");
    name.textContent = named;
    link.append(name);
  }
  return link;
}
