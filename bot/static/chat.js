// @ts-check
/** The web chat, live: draws what the connection brings on the page that also works without this file. */

import { drawFile, Files } from "./chat-files.js";
import { ChatLink } from "./chat-link.js";
import { offerVoice, ReadAloud } from "./chat-voice.js";

/** @typedef {import("./chat-link.js").Message} Message */

const READING_FOR = 15_000; // milliseconds after which "we are reading" becomes "it is saved"
const OFFLINE_AFTER = 3_000; // a short break is nobody's worry
const NEAR_THE_END = 120; // pixels; who reads further back is not pulled away
const LONGEST_LINK = 40; // characters of an address that are shown
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ku", "ps", "ur"]);
// The same marks as bot/pages/render.py: an address, or *a word to type*.
const MARK = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])|\*([^\s*][^*\n]{0,60})\*/g;

/** @template {HTMLElement} T @param {string} id @returns {T} */
const byId = (id) => /** @type {T} */ (document.getElementById(id));

const body = document.body;
const words = /** @type {Record<string, string>} */ ({ ...byId("words").dataset });
const language = body.dataset.language ?? "nl";
const embedded = "embed" in body.dataset;
const scroll = byId("scroll");
const thread = byId("thread");
const state = byId("state");
const field = /** @type {HTMLTextAreaElement} */ (byId("text"));
const exit = /** @type {HTMLAnchorElement} */ (byId("exit"));

const aloud = new ReadAloud(byId("read"), language, () =>
  /** @type {HTMLElement|undefined} */ ([...thread.querySelectorAll(".from-bot .msg-body, .from-staff .msg-body")].at(-1)),
);
const files = new Files(
  /** @type {HTMLInputElement} */ (byId("file")),
  /** @type {HTMLDetailsElement} */ (byId("attach")),
);

let blocked = false;
let away = false;
let patience = 0;
let offlineTimer = 0;

/** @param {string} text @param {"offline"|"busy"|""} [how] */
function say(text, how = "") {
  clearTimeout(patience);
  state.classList.toggle("offline", how === "offline");
  state.classList.toggle("busy", how === "busy");
  if (state.textContent !== text) state.textContent = text;
}

function reading() {
  say(words.writing, "busy");
  patience = window.setTimeout(() => say(words.saved), READING_FOR);
}

/** @param {string} tag @param {string} className @param {(Node|string)[]} children */
function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Our own texts as nodes: addresses become links, *words* bold. @param {string} text @returns {(Node|string)[]} */
function rich(text) {
  /** @type {(Node|string)[]} */
  const nodes = [];
  let at = 0;
  for (const mark of text.matchAll(MARK)) {
    nodes.push(text.slice(at, mark.index));
    if (mark[1]) {
      const bare = mark[1].replace(/^.*?:\/\//, "");
      const shown = bare.length <= LONGEST_LINK ? bare : `${bare.slice(0, LONGEST_LINK - 1)}…`;
      const link = /** @type {HTMLAnchorElement} */ (element("a", "", shown));
      link.href = mark[1];
      link.rel = "noopener";
      if (embedded) link.target = "_blank";
      nodes.push(link);
    } else {
      nodes.push(element("b", "", mark[2]));
    }
    at = mark.index + mark[0].length;
  }
  return [...nodes, text.slice(at)];
}

/** A text without what the page shows already: the welcome on top, the buttons below. @param {Message} message */
function saidOnce(message) {
  const shown = new Set([words.welcome, ...message.choices.map((choice) => `${choice.value}) ${choice.label}`)]);
  return message.text.split("\n").filter((line) => !shown.has(line)).join("\n") || message.text;
}

/** @param {Message} message */
function author(message) {
  if (message.author === "staff") return element("bdi", "", message.name || words.staff);
  return { person: words.you, bot: words.bot, system: words.system }[message.author];
}

const inBrussels = { timeZone: "Europe/Brussels" };
/** @param {Date} at */
const hour = (at) => at.toLocaleTimeString("nl-BE", { ...inBrussels, hour: "2-digit", minute: "2-digit" });
/** @param {Date} at */
const day = (at) => at.toLocaleDateString("sv-SE", inBrussels); // year-month-day

/** @param {Message} message */
function draw(message) {
  const at = new Date(message.at);
  const time = /** @type {HTMLTimeElement} */ (element("time", "", hour(at)));
  time.dateTime = message.at;
  const text = element("div", "msg-body", ...(message.author === "person" ? [message.text] : rich(saidOnce(message))));
  text.dir = message.lang && RIGHT_TO_LEFT.has(message.lang.slice(0, 2)) ? "rtl" : "auto";
  if (message.lang) text.lang = message.lang;
  const item = element(
    "li",
    `msg from-${message.author}`,
    element("div", "msg-head", element("strong", "", author(message)), time),
    ...(message.text || !message.files.length ? [text] : []),
    ...message.files.map((file) => drawFile(file, words)),
  );
  if (message.author === "bot" || message.author === "staff") aloud.offer(item, words.read_one);
  if (message.choices.length) {
    const choices = element("div", "choices", ...message.choices.map(choiceButton));
    choices.dir = text.dir;
    item.append(choices);
  }
  return item;
}

/** @param {{label: string, value: string}} choice */
function choiceButton(choice) {
  const number = /^\d+$/.test(choice.value) ? [element("span", "number", choice.value), " "] : [];
  const button = /** @type {HTMLButtonElement} */ (element("button", "button", ...number, choice.label));
  button.name = "text";
  button.value = choice.value;
  button.setAttribute("form", "say");
  return button;
}

/** Put a numbered message in its place; what is still on its way stays last. @param {HTMLElement} item @param {number} seq */
function place(item, seq) {
  item.id = `m${seq}`;
  item.dataset.seq = String(seq);
  const later = [...thread.children].find(
    (other) => other.matches(".pending") || Number(/** @type {HTMLElement} */ (other).dataset.seq) > seq,
  );
  thread.insertBefore(item, later ?? null);
}

/** Choices belong to the last question only, and examples to an empty thread. */
function retireChoices() {
  const last = [...thread.querySelectorAll(".msg")].at(-1);
  if (!last?.querySelector("#examples")) document.getElementById("examples")?.remove();
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (thread.querySelectorAll(".choices button"))) {
    button.disabled = !last?.contains(button);
  }
}

/** Bring something new in sight; of a long text, its beginning. @param {HTMLElement} item */
function follow(item) {
  item.scrollIntoView({ block: item.offsetHeight > scroll.clientHeight ? "start" : "end" });
}

/** @param {Message} message */
function show(message) {
  if (document.getElementById(`m${message.seq}`)) return;
  const following = scroll.scrollTop > -NEAR_THE_END; // the thread counts up from its end
  const at = new Date(message.at);
  if ([...thread.querySelectorAll("[data-day]")].every((line) => /** @type {HTMLElement} */ (line).dataset.day !== day(at))) {
    const spelled = at.toLocaleDateString(language, { ...inBrussels, weekday: "long", day: "numeric", month: "long" });
    const line = element("li", "day", day(at) === day(new Date()) ? words.today : spelled);
    line.dataset.day = day(at);
    thread.insertBefore(line, thread.querySelector(".pending"));
  }
  const item = draw(message);
  place(item, message.seq);
  retireChoices();
  if (following) follow(item);
  if (message.author === "person") return;
  say("");
  aloud.heard(saidOnce(message).replace(MARK, "$2"), message.lang);
  if (embedded) parent.postMessage({ leerlijn: "new" }, "*");
}

/** @param {string} id @param {string} text */
function showPending(id, text) {
  const item = element(
    "li",
    "msg from-person pending",
    element("div", "msg-head", element("strong", "", words.you)),
    element("div", "msg-body", text),
    element("div", "msg-foot", away ? words.pending_offline : words.pending),
  );
  item.dataset.pending = id;
  thread.append(item);
  retireChoices();
  follow(item);
}

/** @param {string} id @returns {HTMLElement|null} */
const pending = (id) => thread.querySelector(`[data-pending="${CSS.escape(id)}"]`);

const link = new ChatLink(language, Number(body.dataset.lastSeq), {
  message: show,
  delivered(id, seq) {
    const item = pending(id);
    if (document.getElementById(`m${seq}`)) {
      item?.remove(); // it came back with the history before its own receipt did
    } else if (item) {
      const text = item.querySelector(".msg-body")?.textContent ?? "";
      item.remove();
      show({ seq, author: "person", name: null, text, choices: [], lang: null, at: new Date().toISOString(), files: [] });
    }
    if (!thread.querySelector(`#m${seq} ~ .from-bot, #m${seq} ~ .from-staff`)) reading();
  },
  refused(id, why) {
    const item = pending(id);
    item?.classList.replace("pending", "failed");
    item?.querySelector(".msg-foot")?.replaceChildren(why || words.failed);
  },
  reset() {
    thread.querySelectorAll("[data-seq], [data-day]").forEach((item) => item.remove());
  },
  state(now) {
    blocked = now === "blocked";
    if (now === "up") {
      clearTimeout(offlineTimer);
      offlineTimer = 0;
      markAway(false);
      if (state.classList.contains("offline")) say(words.online);
    } else if (blocked) {
      void sendPlainly();
    } else {
      offlineTimer ||= window.setTimeout(() => {
        markAway(true);
        say(words.offline, "offline");
      }, OFFLINE_AFTER);
    }
  },
});

/** What waits says why it does. @param {boolean} now */
function markAway(now) {
  away = now;
  for (const foot of thread.querySelectorAll(".pending .msg-foot")) {
    foot.textContent = away ? words.pending_offline : words.pending;
  }
}

link.queue.forEach((draft) => showPending(draft.id, draft.text));

/** Some networks let no socket through: then messages go as they do without this file. */
async function sendPlainly() {
  if (!link.queue.length) return;
  for (const draft of [...link.queue]) {
    const form = new URLSearchParams({ text: draft.text, client_msg_id: draft.id, lang: language });
    const answer = await fetch("/chat", { method: "POST", body: form, redirect: "manual" }).catch(() => null);
    if (!answer || answer.status >= 500) return say(words.offline, "offline"); // the link tries again, and so do we
    link.drop(draft.id);
  }
  location.reload();
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = /** @type {HTMLButtonElement|null} */ (/** @type {SubmitEvent} */ (event).submitter);
  const text = chosen?.name === "text" ? chosen.value : field.value;
  if (files.chosen.length && chosen?.name !== "text") {
    if (!files.sending) void sendFiles(text);
    return;
  }
  if (!text.trim()) {
    say(words.empty);
    field.focus();
    return;
  }
  if (chosen?.name !== "text") field.value = "";
  showPending(link.send(text), text);
  if (blocked) void sendPlainly();
  field.focus({ preventScroll: true });
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  field.form?.requestSubmit();
});

/** A message with files goes as a form does; the socket then brings it back. @param {string} text */
async function sendFiles(text) {
  const id = `files-${Date.now()}`;
  showPending(id, [text.trim(), files.names].filter(Boolean).join("\n"));
  field.value = "";
  say(words.uploading, "busy");
  const why = await files.send(text, language, link.token);
  const item = pending(id);
  if (why === "") {
    item?.remove();
    if (blocked) location.reload();
    else if (!thread.querySelector("li:last-child.from-bot, li:last-child.from-staff")) reading();
    return;
  }
  item?.remove(); // it stands in the field again, with its files, to be sent once more
  field.value = text;
  say(why ?? words.failed, "offline");
  field.focus({ preventScroll: true });
}

for (const answer of /** @type {NodeListOf<HTMLElement>} */ (thread.querySelectorAll(".from-bot, .from-staff"))) {
  aloud.offer(answer, words.read_one);
}
offerVoice(byId("voice"), field, language, /** @type {any} */ (words), (text) => say(text));

/* Leaving at once: the screen is empty before anything else happens. */
exit.addEventListener("click", (event) => {
  event.preventDefault();
  body.replaceChildren();
  link.end();
  void fetch(exit.href, { redirect: "manual", keepalive: true }).catch(() => null);
  (embedded && top ? top : window).location.replace(exit.dataset.to ?? "/");
});

if (embedded) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") parent.postMessage({ leerlijn: "close" }, "*");
  });
  addEventListener("message", (event) => {
    if (event.source === parent && event.data?.leerlijn === "opened") field.focus();
  });
}
retireChoices();
