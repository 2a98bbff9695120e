// @ts-check
/**
 * The connection of the web chat: one socket that comes back by itself, and a queue of what is still to be
 * delivered. A message stays queued until the server says it has it, and is offered again after every break;
 * its own id makes that harmless. What the visitor has seen (`lastSeq`) tells the server where to go on.
 */

/**
 * @typedef {{label: string, value: string}} Choice
 * @typedef {{seq: number, author: "person"|"bot"|"staff"|"system", name: string|null, text: string,
 *   choices: Choice[], lang: string|null, at: string, files: {id: number, kind: string, name: string}[]}} Message
 * @typedef {{id: string, text: string}} Draft
 * @typedef {object} Listener
 * @property {(message: Message) => void} message something new in the thread
 * @property {(id: string, seq: number) => void} delivered the server has this message
 * @property {(id: string, why: string) => void} refused the server will never take this message
 * @property {() => void} reset the thread on the page is gone; what follows is a new one
 * @property {(state: "up"|"down"|"blocked") => void} state the connection; blocked: it never once worked
 */

const FIRST_WAIT = 1_000; // milliseconds; doubles with every failure
const LONGEST_WAIT = 30_000;
const HEARTBEAT = 25_000;
const ANSWER_WITHIN = 10_000;
const BLOCKED_AFTER = 4; // failures in a row without a single welcome
const OUTBOX = "leerlijn.outbox";
const VISITOR = "leerlijn.visitor";

/** A tab's own memory; inside another site's page the browser may refuse it, and then it is only ours. */
class TabMemory {
  /** @type {Map<string, string>} */
  #own = new Map();

  /** @param {string} key @returns {string|null} */
  get(key) {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return this.#own.get(key) ?? null;
    }
  }

  /** @param {string} key @param {string} value */
  set(key, value) {
    try {
      sessionStorage.setItem(key, value);
    } catch {
      this.#own.set(key, value);
    }
  }

  forget() {
    try {
      sessionStorage.clear();
    } catch {
      this.#own.clear();
    }
  }
}

export class ChatLink {
  #memory = new TabMemory();
  /** @type {WebSocket|null} */
  #socket = null;
  #welcomed = false;
  #everWelcomed = false;
  #failures = 0;
  #retry = 0;
  #heartbeat = 0;
  #deadline = 0;
  #closed = false;

  /**
   * @param {string} language
   * @param {number} lastSeq the newest message already on the page
   * @param {Listener} listener
   */
  constructor(language, lastSeq, listener) {
    this.language = language;
    this.lastSeq = lastSeq;
    this.listener = listener;
    /** @type {Draft[]} what the server has not confirmed yet, oldest first */
    this.queue = JSON.parse(this.#memory.get(OUTBOX) ?? "[]");
    addEventListener("online", () => this.#now());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#now();
    });
    this.#connect();
  }

  /** The visitor's own token, where the browser keeps no cookie of ours. @returns {string} */
  get token() {
    return this.#memory.get(VISITOR) ?? "";
  }

  /** @param {string} text @returns {string} the message's own id */
  send(text) {
    const draft = { id: newId(), text };
    this.#keep([...this.queue, draft]);
    if (this.#welcomed) this.#offer(draft);
    else this.#now();
    return draft.id;
  }

  /** @param {string} id */
  drop(id) {
    this.#keep(this.queue.filter((draft) => draft.id !== id));
  }

  /** Forget everything on this device and stop. */
  end() {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#memory.forget();
    this.#socket?.close();
  }

  /** @param {Draft[]} queue */
  #keep(queue) {
    this.queue = queue;
    this.#memory.set(OUTBOX, JSON.stringify(queue));
  }

  /** @param {Draft} draft */
  #offer(draft) {
    this.#put({ type: "message", client_msg_id: draft.id, text: draft.text });
  }

  /** @param {object} frame */
  #put(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #connect() {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    const socket = new WebSocket(new URL("/chat/socket", location.href.replace(/^http/, "ws")));
    this.#socket = socket;
    this.#await();
    socket.onopen = () =>
      this.#put({ type: "hello", token: this.#memory.get(VISITOR), last_seq: this.lastSeq, language: this.language });
    socket.onmessage = (event) => {
      clearTimeout(this.#deadline);
      this.#hear(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lost();
    };
  }

  #lost() {
    clearTimeout(this.#deadline);
    clearInterval(this.#heartbeat);
    this.#socket = null;
    this.#welcomed = false;
    if (this.#closed) return;
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++);
    this.#retry = window.setTimeout(() => this.#connect(), Math.random() * longest);
    this.listener.state(!this.#everWelcomed && this.#failures >= BLOCKED_AFTER ? "blocked" : "down");
  }

  /** The network or the person came back: no reason to wait, and a silent socket may be dead. */
  #now() {
    if (this.#welcomed) this.#ping();
    else if (!this.#socket) this.#connect();
  }

  #ping() {
    this.#put({ type: "ping" });
    this.#await();
  }

  /** Give the server a while to say anything at all; a socket that stays silent is replaced. */
  #await() {
    clearTimeout(this.#deadline);
    const socket = this.#socket;
    this.#deadline = window.setTimeout(() => {
      if (!socket || this.#socket !== socket) return;
      socket.close(); // a dead network may take minutes to agree, so we do not wait for its answer
      this.#lost();
    }, ANSWER_WITHIN);
  }

  /** @param {any} frame */
  #hear(frame) {
    if (frame.type === "welcome") {
      if (frame.token) this.#memory.set(VISITOR, frame.token);
      this.#welcomed = this.#everWelcomed = true;
      this.#failures = 0;
      this.#heartbeat = window.setInterval(() => this.#ping(), HEARTBEAT);
      if (frame.reset) {
        this.lastSeq = 0;
        this.listener.reset();
      }
      frame.messages.forEach((/** @type {Message} */ message) => this.#take(message));
      this.queue.forEach((draft) => this.#offer(draft));
      this.listener.state("up");
    } else if (frame.type === "message") {
      this.#take(frame);
    } else if (frame.type === "ack") {
      this.drop(frame.client_msg_id);
      this.listener.delivered(frame.client_msg_id, frame.seq);
    } else if (frame.type === "error") {
      this.drop(frame.client_msg_id);
      this.listener.refused(frame.client_msg_id, frame.text);
    }
  }

  /** @param {Message} message */
  #take(message) {
    this.lastSeq = Math.max(this.lastSeq, message.seq);
    this.listener.message(message);
  }
}

/** An id of a message. Where the page is not served securely, browsers hide `randomUUID`. @returns {string} */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
