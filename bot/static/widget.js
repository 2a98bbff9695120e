// @ts-check
/**
 * Our chat in any site. One line in that site's page:
 *   <script src="https://…/widget.js" defer></script>  <leerlijn-chat language="nl"></leerlijn-chat>
 * The conversation runs in a frame on our own origin, so that site's scripts never see it.
 */
(() => {
  const home = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src).origin;

  /** @type {Record<string, {ask: string, close: string, fresh: string}>} */
  const WORDS = {
    nl: { ask: "Stel je vraag", close: "Sluit", fresh: "Nieuw antwoord" },
    fr: { ask: "Pose ta question", close: "Fermer", fresh: "Nouvelle réponse" },
    en: { ask: "Ask your question", close: "Close", fresh: "New answer" },
  };

  const STYLE = `
    :host { position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483000; font: 16px/1.5 system-ui, sans-serif; }
    button { display: inline-flex; align-items: center; gap: .5rem; min-block-size: 3rem; padding: .5rem 1.25rem; border: 2px solid #fff;
      border-radius: 2rem; background: #0a6470; color: #fff; font: inherit; font-weight: 600; cursor: pointer; box-shadow: 0 4px 24px rgb(28 36 48 / .25); }
    button:hover { background: #084e58; }
    button:focus-visible { outline: 3px solid #0a6470; outline-offset: 3px; }
    svg { inline-size: 1.4rem; block-size: 1.4rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    dialog { position: fixed; inset: auto; inset-block-end: 1rem; inset-inline-end: 1rem; margin: 0; padding: 0; inline-size: min(26rem, calc(100vw - 2rem));
      block-size: min(42rem, calc(100dvh - 2rem)); max-inline-size: none; max-block-size: none; border: 1px solid #8893a0; border-radius: 6px; overflow: hidden;
      background: #faf8f4; box-shadow: 0 4px 24px rgb(28 36 48 / .25); }
    dialog[open] { display: flex; flex-direction: column; }
    header { display: flex; justify-content: space-between; align-items: center; padding-block: .25rem; padding-inline: 1rem .5rem; background: #0a6470; color: #fff; font-weight: 600; }
    header button { min-block-size: 2.75rem; padding: .25rem 1rem; border: 0; box-shadow: none; }
    header button:focus-visible { outline-color: #fff; outline-offset: -3px; }
    iframe { flex: 1; inline-size: 100%; border: 0; }
    @media (max-width: 36rem) { dialog { inset: 0; inline-size: 100vw; block-size: 100dvh; border: 0; border-radius: 0; } }
    @media print { :host { display: none; } }`;

  class LeerlijnChat extends HTMLElement {
    /** @type {HTMLDialogElement|null} */
    #panel = null;
    /** @type {HTMLIFrameElement|null} */
    #frame = null;
    /** @type {HTMLButtonElement|null} */
    #opener = null;
    #words = WORDS.nl;

    connectedCallback() {
      if (this.shadowRoot) return;
      const language = (this.getAttribute("language") ?? document.documentElement.lang ?? "nl").slice(0, 2);
      this.#words = WORDS[language] ?? WORDS.nl;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];

      this.#opener = document.createElement("button");
      this.#opener.type = "button";
      this.#opener.setAttribute("aria-haspopup", "dialog");
      this.#label(this.#words.ask);
      this.#opener.addEventListener("click", () => this.open());
      root.append(this.#opener);
      addEventListener("message", (event) => this.#hear(event));
    }

    /** Show the panel; the conversation is only loaded now, so a visitor who never asks costs nothing. */
    open() {
      if (!this.#panel) this.#build();
      const phone = matchMedia("(max-width: 36rem)").matches;
      if (phone) this.#panel?.showModal();
      else this.#panel?.show();
      this.#label(this.#words.ask);
      this.#frame?.focus();
      this.#frame?.contentWindow?.postMessage({ leerlijn: "opened" }, home);
    }

    close() {
      this.#panel?.close();
    }

    #build() {
      const language = Object.keys(WORDS).find((name) => WORDS[name] === this.#words) ?? "nl";
      const panel = document.createElement("dialog");
      panel.setAttribute("aria-label", this.#words.ask);
      const head = document.createElement("header");
      const shut = document.createElement("button");
      shut.type = "button";
      shut.textContent = this.#words.close;
      shut.addEventListener("click", () => this.close());
      head.append(this.#words.ask, shut);
      const frame = document.createElement("iframe");
      frame.src = `${home}/chat?embed=1&lang=${language}`;
      frame.title = this.#words.ask;
      frame.allow = "microphone"; // to speak instead of type, if the visitor wants to
      frame.addEventListener("load", () => frame.contentWindow?.postMessage({ leerlijn: "opened" }, home));
      panel.append(head, frame);
      panel.addEventListener("close", () => this.#opener?.focus());
      panel.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.close();
      });
      this.shadowRoot?.append(panel);
      this.#panel = panel;
      this.#frame = frame;
    }

    /** @param {MessageEvent} event */
    #hear(event) {
      if (event.origin !== home || event.source !== this.#frame?.contentWindow) return;
      if (event.data?.leerlijn === "close") this.close();
      if (event.data?.leerlijn === "new" && !this.#panel?.open) this.#label(this.#words.fresh);
    }

    /** @param {string} text */
    #label(text) {
      const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      icon.setAttribute("viewBox", "0 0 24 24");
      icon.setAttribute("aria-hidden", "true");
      path.setAttribute("d", "M4 5h16v11H11l-4 4v-4H4z");
      icon.append(path);
      this.#opener?.replaceChildren(icon, text);
    }
  }

  if (!customElements.get("leerlijn-chat")) customElements.define("leerlijn-chat", LeerlijnChat);
})();
