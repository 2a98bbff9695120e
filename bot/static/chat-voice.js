// @ts-check
/** Reading aloud, and speaking instead of typing: where the browser can, and no trace of it where it cannot. */

const READABLE = "speechSynthesis" in window;
// @ts-ignore not every browser has it, and some under its old name
const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;

/** @param {string} name of a symbol in icons.svg */
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Reads answers aloud: all that follow once `button` is pressed, or the one beside its own small button. */
export class ReadAloud {
  /** @param {HTMLElement} button @param {string} language of the page @param {() => HTMLElement|undefined} last the last answer */
  constructor(button, language, last) {
    this.language = language;
    this.button = button;
    if (!READABLE) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(!this.on));
      speechSynthesis.cancel();
      const answer = last();
      if (this.on && answer) this.#read(answer.textContent ?? "", answer.lang || null);
    });
  }

  get on() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  /** A new answer: read when asked for. @param {string} text @param {string|null} lang */
  heard(text, lang) {
    if (this.on) this.#read(text, lang);
  }

  /** A small button that reads `text` aloud, or stops. @param {HTMLElement} answer @param {string} label */
  offer(answer, label) {
    if (!READABLE) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet small read-one";
    button.title = label;
    button.append(icon("speak"));
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => {
      const speaking = speechSynthesis.speaking;
      speechSynthesis.cancel();
      const body = /** @type {HTMLElement|null} */ (answer.querySelector(".msg-body"));
      if (!speaking && body) this.#read(body.textContent ?? "", body.lang || null);
    });
    answer.querySelector(".msg-head")?.append(button);
  }

  /** @param {string} text @param {string|null} lang */
  #read(text, lang) {
    const voice = new SpeechSynthesisUtterance(text);
    voice.lang = lang ?? this.language;
    speechSynthesis.speak(voice);
  }
}

/**
 * Speaking puts words in the field, where they can be corrected; nothing is sent by itself.
 * @param {HTMLElement} button @param {HTMLTextAreaElement} field @param {string} language
 * @param {{listening: string, voice_failed: string}} words @param {(text: string) => void} say
 */
export function offerVoice(button, field, language, words, say) {
  if (!Recognition) return;
  button.hidden = false;
  /** @type {any} */
  let listening = null;
  const stop = () => {
    listening = null;
    button.setAttribute("aria-pressed", "false");
  };
  button.addEventListener("click", () => {
    if (listening) return listening.stop();
    const before = field.value ? `${field.value.trimEnd()} ` : "";
    listening = new Recognition();
    listening.lang = { nl: "nl-BE", fr: "fr-BE", en: "en-GB" }[language] ?? language;
    listening.interimResults = true;
    listening.onresult = (/** @type {any} */ event) => {
      field.value = before + Array.from(event.results, (result) => result[0].transcript).join("");
    };
    listening.onerror = (/** @type {any} */ event) => {
      if (event.error !== "aborted" && event.error !== "no-speech") say(words.voice_failed);
    };
    listening.onend = () => {
      stop();
      field.focus();
    };
    try {
      listening.start();
    } catch {
      stop();
      return say(words.voice_failed);
    }
    button.setAttribute("aria-pressed", "true");
    say(words.listening);
  });
}
