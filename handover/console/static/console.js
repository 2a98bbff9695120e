// The console's own script: news from the server, drafts, keys and small counts. Pages work without it.
// The server's HTML stays the only truth: on news the page is fetched again and what differs is put in place.

import { showKeys } from "./keys.js";

const SETTLE = 250; // ms in which several pieces of news become one refresh
const RESYNC = 120_000; // ms; the page is looked at again even without news
const DRAFT = "leerlijn-draft:";
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
  if (minutes < 1) return "net";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} u ${String(minutes % 60).padStart(2, "0")}` : `${hours} u`;
  const days = Math.floor(hours / 24);
  return days === 1 ? "1 dag" : `${days} dagen`;
}

function countTime() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const text = time.textContent ?? "";
    const before = text.startsWith("wacht ") ? "wacht " : "";
    const now = before + since(Date.parse(time.getAttribute("datetime") ?? ""));
    if (now !== text) time.textContent = now;
  }
}

// ---- putting news in place, without a jump ----

/** Somebody types or chooses inside it: leave it alone. @param {Element} part */
const busy = (part) =>
  part.querySelector(".dragged") !== null ||
  (part.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? ""));

/** Times that only count on are no news. @param {Element} element */
const essence = (element) =>
  element.innerHTML
    .replace(/(<time[^>]*data-since[^>]*>)[^<]*/g, "$1")
    .replace(/name="client_msg_id" value="[^"]*"/g, "")
    .replace(/ open=""/g, "");

/** @param {Element} old @param {Element} fresh */
function keepOpen(old, fresh) {
  for (const open of old.querySelectorAll("details[open][id]")) fresh.querySelector(`#${open.id}`)?.setAttribute("open", "");
}

/** Children by id: same ones stay (with what is open or focused in them), new ones come, lost ones go.
 * @param {Element} list @param {Element} fresh */
function merge(list, fresh) {
  /** @type {Map<string, Element>} */
  const known = new Map([...list.children].map((child) => [child.id, child]));
  let place = list.firstElementChild;
  for (const child of [...fresh.children]) {
    let mine = known.get(child.id);
    known.delete(child.id);
    if (mine && essence(mine) === essence(child) && mine.className === child.className) {
      if (mine === place) {
        place = place.nextElementSibling;
        continue;
      }
    } else if (mine && busy(mine)) {
      if (mine === place) place = place.nextElementSibling;
      continue;
    } else {
      if (mine) keepOpen(mine, child);
      if (mine === place) place = place?.nextElementSibling ?? null;
      mine?.remove();
      mine = document.importNode(child, true);
    }
    list.insertBefore(mine, place);
  }
  for (const gone of known.values()) gone.remove();
}

/** @param {Document} page */
function putInPlace(page) {
  const focused = document.activeElement?.getAttribute("href");
  for (const part of document.querySelectorAll("[data-part], #menu")) {
    const fresh = part.id && page.getElementById(part.id);
    if (!fresh || busy(part) || essence(part) === essence(fresh)) continue;
    if (part.querySelector("details.menu[open]")) continue;
    keepOpen(part, fresh);
    part.innerHTML = fresh.innerHTML;
    if (focused && document.activeElement === body) {
      const again = /** @type {HTMLElement | null} */ (part.querySelector(`a[href="${CSS.escape(focused)}"]`));
      again?.focus({ preventScroll: true });
    }
    window.htmx?.process(part);
  }
  const thread = byId("thread");
  const fresh = page.getElementById("thread");
  if (thread && fresh) newMessages(thread, fresh);
  document.title = page.title;
}

/** @param {HTMLElement} thread @param {HTMLElement} fresh */
function newMessages(thread, fresh) {
  const scroll = byId("thread-scroll");
  const atEnd = !scroll || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const before = Number(thread.dataset.last ?? 0);
  const now = Number(fresh.dataset.last ?? 0);
  merge(thread, fresh);
  thread.dataset.last = String(now);
  if (now > before) {
    const text = /** @type {HTMLTextAreaElement | null} */ (byId("text"));
    const colleague = [...thread.children].some(
      (item) => Number(item.id.slice(1)) > before && item.id.startsWith("m") && item.classList.contains("from-staff"),
    );
    // A draft must not go out over what a colleague said meanwhile: then the server says "look first".
    const seen = /** @type {HTMLInputElement | null} */ (byId("seen"));
    if (seen && (!text?.value.trim() || !colleague)) seen.value = String(now);
    const news = byId("news");
    if (!atEnd && news) news.hidden = false;
  }
  if (atEnd && scroll) scroll.scrollTop = scroll.scrollHeight;
}

let refreshing = false;
let again = false;
async function refresh() {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = true;
  try {
    const address = location.pathname + location.search;
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (answer.redirected && answer.url.includes("/console/login")) {
      location.reload();
      return;
    }
    if (answer.ok && address === location.pathname + location.search) {
      putInPlace(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch {
    // no network just now: the stream says when it is back
  } finally {
    refreshing = false;
    if (again) {
      again = false;
      soon();
    }
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, SETTLE);
}

// ---- the stream ----

function listen() {
  const news = new EventSource(`/console/events?after=${body.dataset.after ?? ""}`);
  let lost = false;
  news.addEventListener("news", (event) => {
    const what = JSON.parse(/** @type {MessageEvent} */ (event).data);
    if (/escalated|promise_due/.test(what.kind) && !what.own) announce(what.urgency === "crisis", what.kind.endsWith("_due"));
    soon();
  });
  news.addEventListener("gone", () => location.reload());
  news.addEventListener("open", () => {
    if (lost) refresh();
    lost = false;
  });
  news.addEventListener("error", () => (lost = true));
  setInterval(refresh, RESYNC);
  document.addEventListener("visibilitychange", () => document.hidden || soon());
}

/** @param {boolean} crisis @param {boolean} due whether a promise is about to break */
function announce(crisis, due) {
  if (document.hidden && "Notification" in window && Notification.permission === "granted") {
    new Notification(crisis ? "Leerlijn: iemand in nood" : due ? "Leerlijn: een belofte loopt bijna af" : "Leerlijn: nieuwe vraag in de wachtrij", { tag: "leerlijn" });
  } else if (crisis || due) {
    toast(crisis ? "Iemand in nood staat in de wachtrij." : "Een belofte loopt bijna af. Kijk bovenaan de wachtrij.", "alarm");
  }
}

// ---- drafts ----

function restoreDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const text = form.querySelector("textarea");
    const kept = localStorage.getItem(DRAFT + form.getAttribute("data-draft"));
    if (text && kept && !text.value) text.value = kept;
  }
  cost();
}

document.addEventListener("input", (event) => {
  const text = event.target;
  if (!(text instanceof HTMLTextAreaElement)) return;
  const key = text.form?.dataset.draft;
  if (key && text.value) localStorage.setItem(DRAFT + key, text.value);
  else if (key) localStorage.removeItem(DRAFT + key);
  cost();
});

/** @param {HTMLFormElement} form */
function forgetDraft(form) {
  if (form.dataset.draft) localStorage.removeItem(DRAFT + form.dataset.draft);
}

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
  place.textContent = `${units} tekens, ${parts} sms${plain ? "" : " (bijzondere tekens)"}`;
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
});

document.addEventListener("change", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target instanceof HTMLSelectElement && target.dataset.submit !== undefined) target.form?.requestSubmit();
  if (target.getAttribute("name") === "address_id") cost();
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.id === "log-out") {
    for (const key of Object.keys(localStorage)) if (key.startsWith(DRAFT)) localStorage.removeItem(key);
  }
});

document.addEventListener("scroll", (event) => {
  const scroll = /** @type {HTMLElement} */ (event.target);
  const news = byId("news");
  if (scroll.id === "thread-scroll" && news && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40) news.hidden = true;
}, true);

function toEnd() {
  const scroll = byId("thread-scroll");
  const aim = location.hash.length > 1 ? byId(location.hash.slice(1)) : null;
  if (aim && scroll?.contains(aim)) aim.scrollIntoView({ block: "center" });
  else if (scroll) scroll.scrollTop = scroll.scrollHeight;
  const news = byId("news");
  if (news) news.hidden = true;
}

body.addEventListener("htmx:configRequest", (event) => {
  /** @type {CustomEvent} */ (event).detail.headers["X-CSRF-Token"] = body.dataset.csrf ?? "";
});

body.addEventListener("htmx:afterRequest", (event) => {
  // by now the form itself may have made place for a new one
  const { successful, requestConfig, xhr } = /** @type {CustomEvent} */ (event).detail;
  const elt = requestConfig?.elt;
  const form = elt instanceof HTMLFormElement ? elt : elt?.form;
  if (successful && xhr.status < 400 && form && requestConfig.verb === "post") forgetDraft(form);
});

body.addEventListener("htmx:afterSettle", () => {
  const talk = byId("talk");
  if (!talk) return;
  body.dataset.pane = talk.dataset.pane ?? "list";
  byId("list")?.setAttribute("role", body.dataset.pane === "list" ? "main" : "region");
  document.querySelector("a.skip")?.setAttribute("href", body.dataset.pane === "list" ? "#list" : "#talk");
  restoreDrafts();
  toEnd();
});

body.addEventListener("htmx:responseError", (event) => {
  const { xhr } = /** @type {CustomEvent} */ (event).detail;
  if (xhr.status === 401) {
    location.assign(`/console/login?naar=${encodeURIComponent(location.pathname)}`);
    return;
  }
  if (!xhr.getResponseHeader("HX-Trigger")) toast("Dat lukte niet. Je tekst staat er nog. Probeer het opnieuw.", "alarm");
});

body.addEventListener("refused", (event) => {
  toast(/** @type {CustomEvent} */ (event).detail.sentence, "alarm");
  soon();
});

body.addEventListener("htmx:sendError", () => {
  toast("Geen verbinding. Je tekst staat er nog. Verstuur opnieuw als je weer verbinding hebt.", "alarm");
});

// ---- start ----

byId("show-keys")?.removeAttribute("hidden");
byId("show-keys")?.addEventListener("click", showKeys);
const ask = byId("ask-notify");
if (ask && "Notification" in window && Notification.permission === "default") {
  ask.hidden = false;
  ask.addEventListener("click", () => Notification.requestPermission().then(() => (ask.hidden = true)));
}
restoreDrafts();
toEnd();
setInterval(countTime, 15_000);
if (body.dataset.live !== undefined) listen();
