// The console's own script: news from the server, drafts, keys and small counts. Pages work without it.
// The server's HTML stays the only truth: on news the page is fetched again and what differs is put in place.

import { moved, personShown, showOthers, startBeats, typed } from "./beside.js";
import { forgetAllDrafts, forgetDraft, keepDraft, restoreDrafts, settleSent } from "./drafts.js";
import { showKeys } from "./keys.js";
import { announce, offerNotices } from "./notices.js";
import { markOpen, putInPlace, putListInPlace, showCounts } from "./place.js";
import { say } from "./said.js";
import { goTo } from "./thread.js";

const SETTLE = 150; // ms in which several pieces of news become one refresh
const CALM = 1_000; // ms at least between two looks at a list, however much happens in it
const LATER = 5_000; // ms; for what shows in a count only, or on a page that nobody looks at
const RETRY = 3_000; // ms until a stream that was refused is asked for again
const ASLEEP = 20_000; // ms without a tick of a clock that ticks every 5 s
const RESYNC = 120_000; // ms; the page is looked at again even without news
const body = document.body;

/** @param {string} id @returns {HTMLElement | null} */
const byId = (id) => document.getElementById(id);

// ---- small words ----

/** @param {string} text @param {string} [kind] */
function toast(text, kind = "") {
  const box = document.createElement("p");
  box.className = `toast ${kind}`;
  box.textContent = text;
  byId("toasts")?.append(box);
  setTimeout(() => box.remove(), 8000);
}

/** @param {number} at milliseconds since 1970 */
function since(at) {
  const minutes = Math.floor((Date.now() - at) / 60_000);
  if (minutes < 1) return say("now");
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return say("days", { count: Math.floor(hours / 24) });
  return minutes % 60 ? say("hours_minutes", { hours, minutes: String(minutes % 60).padStart(2, "0") }) : say("hours", { hours });
}

function countTime() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const now = since(Date.parse(time.getAttribute("datetime") ?? ""));
    if (now !== time.textContent) time.textContent = now;
  }
}

// ---- looking at the page again ----

let refreshing = false;
let looked = 0; // when the page was last fetched again
/** What is looked at again: the `page`, or only the `list` beside an open thread. Of a thread or a list the server gives
 * only that part; what the bar counts comes with the stream. @param {"page" | "list"} what */
async function refresh(what = "page") {
  if (refreshing) {
    soon(SETTLE, what);
    return;
  }
  refreshing = true;
  looked = Date.now();
  try {
    const here = location.pathname + location.search;
    const back = document.querySelector("#talk .back")?.getAttribute("href");
    const part = !byId("rows") ? "1" : back && what === "page" ? "thread" : "rows";
    const list = byId("rows")?.dataset.again ?? here;
    const address = part === "rows" ? list : here;
    const answer = await fetch(address, { headers: { Accept: "text/html", "X-Refresh": part } });
    if (answer.redirected && answer.url.includes("/console/login")) {
      location.reload();
      return;
    }
    if (answer.ok && here === location.pathname + location.search) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (part === "rows") {
        if (list === byId("rows")?.dataset.again) putListInPlace(page); // else one asked for more of it meanwhile
        return;
      }
      putInPlace(page);
      if (settleSent(page)) toast(say("left_after_all"), "good");
    }
  } catch {
    // no network just now: the stream says when it is back
  } finally {
    refreshing = false;
  }
}

/** @type {Record<"page" | "list", { timer?: ReturnType<typeof setTimeout>, due: number }>} */
const waiting = { page: { due: Infinity }, list: { due: Infinity } };
/** Look at the page or its list again within `wait` ms; what is asked sooner goes first.
 * @param {number} [wait] @param {"page" | "list"} [what] */
function soon(wait = SETTLE, what = "page") {
  const next = waiting[what];
  if (Date.now() + wait >= next.due) return;
  next.due = Date.now() + wait;
  clearTimeout(next.timer);
  next.timer = setTimeout(() => {
    next.due = Infinity;
    refresh(what);
  }, wait);
}

/** After an absence: everything may be old. @param {number} [wait] */
function lookAtAll(wait = SETTLE) {
  soon(wait);
  if (streamOf) soon(wait + SETTLE, "list");
}

const LISTED = /^(conversation|call|queue|staff|absence|appointment|referral)\.|^message\.received$/;

/** @typedef {{ kind: string, person: number | null, conversation: number | null, yours: boolean, client: boolean }} News */

/** Whether the list beside the thread may say something else: one's own list only changes with own clients.
 * @param {News} what */
function mayChangeList({ kind, person, conversation, client }) {
  if (!LISTED.test(kind)) return false;
  const back = document.querySelector("#talk .back")?.getAttribute("href") ?? "";
  if (!back.includes("lijst=mij")) return true;
  return client || byId(`r${person}`) !== null || byId(`r${conversation}`) !== null;
}

/** What happened may show on this page: then it is looked at again, at once or when it can wait.
 * Every browser of a region hears everything; if each fetched its page for all of it, nobody would get one. The numbers
 * in the bar come with the stream.
 * @param {News} what */
function lookAgain(what) {
  const { kind, person, yours } = what;
  const sometime = LATER * (1 + Math.random());
  if (streamOf) {
    if (person && String(person) === streamOf) soon(SETTLE);
    if (mayChangeList(what)) soon(sometime, "list");
  } else if (LISTED.test(kind)) {
    const atOnce = !document.hidden && (location.pathname.endsWith("/wachtrij") || yours);
    soon(atOnce ? Math.max(SETTLE, looked + CALM - Date.now()) : sometime);
  }
}

// ---- the stream ----

/** @type {EventSource | undefined} */
let stream;
/** @type {string | undefined} */
let streamOf;
let last = body.dataset.after ?? "";
let lost = false;

/** Open the stream for the thread that is on the page; what happened meanwhile comes first. */
function listen() {
  stream?.close();
  streamOf = personShown();
  const news = new EventSource(`/console/events?after=${last}${streamOf ? `&person=${streamOf}` : ""}`);
  stream = news;
  news.addEventListener("news", (event) => {
    const { data, lastEventId } = /** @type {MessageEvent} */ (event);
    last = lastEventId || last;
    const what = JSON.parse(data);
    announce(what, toast);
    lookAgain(what);
  });
  news.addEventListener("counts", (event) => showCounts(JSON.parse(/** @type {MessageEvent} */ (event).data)));
  news.addEventListener("looking", (event) => showOthers(JSON.parse(/** @type {MessageEvent} */ (event).data)));
  news.addEventListener("gone", () => location.reload());
  news.addEventListener("open", () => {
    if (lost) lookAtAll(0);
    lost = false;
  });
  news.addEventListener("error", () => {
    lost = true;
    // refused for good (a proxy's 502 while we restart): browsers give up then, we do not
    if (news.readyState === EventSource.CLOSED && news === stream) setTimeout(() => news === stream && listen(), RETRY);
  });
}

/** A computer that slept has a dead line that nobody noticed: after a gap in our own clock it is opened anew. */
function noticeSleep() {
  let before = Date.now();
  setInterval(() => {
    const now = Date.now();
    if (now - before > ASLEEP) {
      lost = true;
      listen();
    }
    before = now;
  }, 5_000);
}

document.addEventListener("input", (event) => {
  const text = event.target;
  if (!(text instanceof HTMLTextAreaElement)) return;
  keepDraft(text);
  typed(text);
  cost();
});

// ---- what an SMS costs (the sender counts again) ----

const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[\]~|€]*$/u;

function cost() {
  const text = /** @type {HTMLTextAreaElement | null} */ (byId("text"));
  const place = byId("cost");
  if (!text || !place) return;
  const form = text.form;
  const way = form?.querySelector("select[name=address_id] option:checked, input[name=address_id]");
  if (way?.getAttribute("data-channel") !== "sms" || !text.value) {
    place.textContent = "";
    return;
  }
  const plain = GSM.test(text.value.normalize("NFC"));
  const units = plain ? text.value.length + (text.value.match(/[\^{}\\[\]~|€]/g)?.length ?? 0) : text.value.length;
  const [one, more] = plain ? [160, 153] : [70, 67];
  const parts = units <= one ? 1 : Math.ceil(units / more);
  const price = say("cost", { count: units, parts });
  place.textContent = plain ? price : say("odd_letters", { cost: price });
}

// ---- panes, menus, forms ----

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.removeAttribute("open");
  const pane = target.closest("[data-show]")?.getAttribute("data-show");
  if (pane) {
    event.preventDefault();
    body.dataset.pane = pane;
    byId(pane === "person" ? "person" : "talk")?.focus({ preventScroll: true });
  }
  if (target.closest("#news")) {
    toEnd();
  }
  if (target.closest("[data-close]")) target.closest(".toast")?.remove();
});

document.addEventListener("change", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target instanceof HTMLSelectElement && target.dataset.submit !== undefined) target.form?.requestSubmit();
  if (target.getAttribute("name") === "address_id") cost();
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.id === "log-out") forgetAllDrafts();
});

document.addEventListener("scroll", (event) => {
  const scroll = /** @type {HTMLElement} */ (event.target);
  const news = byId("news");
  if (scroll.id === "thread-scroll" && news && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40) news.hidden = true;
}, true);

function toEnd() {
  const scroll = byId("thread-scroll");
  const aim = location.hash.length > 1 ? byId(location.hash.slice(1)) : null;
  if (aim && scroll?.contains(aim)) goTo(aim);
  else if (scroll) scroll.scrollTop = byId("found") || /[?&](dag|voor)=/.test(location.search) ? 0 : scroll.scrollHeight;
  const news = byId("news");
  if (news) news.hidden = true;
}

body.addEventListener("htmx:configRequest", (event) => {
  /** @type {CustomEvent} */ (event).detail.headers["X-CSRF-Token"] = body.dataset.csrf ?? "";
});

/** What is typed while a message travels would go with the form: until it arrived, or did not, the box waits.
 * @param {CustomEvent} event @param {boolean} wait */
function hold(event, wait) {
  const form = event.detail.requestConfig?.elt;
  const text = form instanceof HTMLFormElement && form.dataset.draft ? form.querySelector("textarea") : null;
  if (text) text.readOnly = wait;
}

body.addEventListener("htmx:beforeRequest", (event) => hold(/** @type {CustomEvent} */ (event), true));

body.addEventListener("htmx:afterRequest", (event) => {
  hold(/** @type {CustomEvent} */ (event), false);
  // by now the form itself may have made place for a new one
  const { successful, requestConfig, xhr } = /** @type {CustomEvent} */ (event).detail;
  const elt = requestConfig?.elt;
  const form = elt instanceof HTMLFormElement ? elt : elt?.form;
  if (successful && xhr.status < 400 && form && requestConfig.verb === "post") forgetDraft(form);
});

/** The rows that there were when one asked for more of a list, from its end. @type {number | undefined} */
let before;

body.addEventListener("htmx:beforeRequest", (event) => {
  const asked = /** @type {CustomEvent} */ (event).detail.elt;
  before = asked.matches(".list-more") ? document.querySelectorAll("a.list-row").length : undefined;
});

body.addEventListener("htmx:afterSettle", (event) => {
  if (before !== undefined && /** @type {Element} */ (event.target).id === "rows") {
    markOpen(document);
    /** @type {HTMLElement | undefined} */ (document.querySelectorAll("a.list-row")[before])?.focus();
    before = undefined;
  }
  const talk = byId("talk");
  if (!talk || event.target !== talk) return; // a small part of the page is no other page
  body.dataset.pane = talk.dataset.pane ?? "list";
  byId("list")?.setAttribute("role", body.dataset.pane === "list" ? "main" : "region");
  document.querySelector("a.skip")?.setAttribute("href", body.dataset.pane === "list" ? "#list" : "#talk");
  restoreDrafts();
  sayDone();
  cost();
  toEnd();
  moved();
  if (stream && streamOf !== personShown()) listen();
});

/** What was done is said of the page that came after it; it comes with the page, so it is put there anew to be heard. */
function sayDone() {
  for (const box of document.querySelectorAll("[data-done]")) {
    box.querySelector("[data-close]")?.removeAttribute("hidden");
    byId("toasts")?.append(box);
  }
}

body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target === byId("talk")) for (const box of document.querySelectorAll("[data-done]")) box.remove();
});

body.addEventListener("htmx:responseError", (event) => {
  const { xhr } = /** @type {CustomEvent} */ (event).detail;
  if (xhr.status === 401) {
    location.assign(`/console/login?naar=${encodeURIComponent(location.pathname)}`);
    return;
  }
  if (!xhr.getResponseHeader("HX-Trigger")) toast(say("failed"), "alarm");
});

body.addEventListener("refused", (event) => {
  toast(/** @type {CustomEvent} */ (event).detail.sentence, "alarm");
  soon();
});

body.addEventListener("htmx:sendError", () => {
  toast(say("unsent"), "alarm");
});

// ---- start ----

byId("show-keys")?.removeAttribute("hidden");
byId("show-keys")?.addEventListener("click", showKeys);
offerNotices();
setTimeout(sayDone, SETTLE);
restoreDrafts();
cost();
toEnd();
setInterval(countTime, 15_000);
if (body.dataset.live !== undefined) {
  startBeats();
  listen();
  noticeSleep();
  setInterval(lookAtAll, RESYNC);
  document.addEventListener("visibilitychange", () => document.hidden || lookAtAll());
  addEventListener("online", () => lookAtAll());
}
