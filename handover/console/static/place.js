// Putting what the server says in place, without a jump: what is open, focused or being typed stays as it is.

import { say } from "./said.js";

const body = document.body;

/** @param {string} id @returns {HTMLElement | null} */
const byId = (id) => document.getElementById(id);

/** Somebody types or chooses inside it: leave it alone. @param {Element} part */
const busy = (part) =>
  part.querySelector(".dragged") !== null ||
  part.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");

/** A form was filled in on a page of its own, and not sent yet. @param {Element} part */
const filledIn = (part) =>
  part.id === "live" && [...part.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);

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
export function putInPlace(page) {
  const focused = document.activeElement?.getAttribute("href");
  for (const part of document.querySelectorAll("[data-part], #menu")) {
    const fresh = part.id && page.getElementById(part.id);
    if (!fresh || busy(part) || filledIn(part) || essence(part) === essence(fresh)) continue;
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
  if (page.title) document.title = page.title;
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
      (item) => Number(item.id.slice(1)) > before && item.id.startsWith("m") && item.classList.contains("from-staff") && !item.hasAttribute("data-sent"),
    );
    // A draft must not go out over what a colleague said meanwhile: then the server says "look first".
    const seen = /** @type {HTMLInputElement | null} */ (byId("seen"));
    if (seen && (!text?.value.trim() || !colleague)) seen.value = String(now);
    const news = byId("news");
    if (!atEnd && news) news.hidden = false;
  }
  if (atEnd && scroll) scroll.scrollTop = scroll.scrollHeight;
}

/** Say in a list that came by itself which row is open here. @param {ParentNode} list */
export function markOpen(list) {
  for (const link of list.querySelectorAll("a.list-row")) {
    const path = link.getAttribute("href")?.split("?")[0];
    if (path === location.pathname) link.setAttribute("aria-current", "true");
  }
}

/** @param {Document} page a list, without the thread that is open here */
export function putListInPlace(page) {
  const rows = byId("rows");
  const fresh = page.getElementById("rows");
  if (!rows || !fresh) return;
  markOpen(fresh);
  if (!busy(rows) && essence(rows) !== essence(fresh)) {
    const focused = document.activeElement?.getAttribute("href");
    rows.innerHTML = fresh.innerHTML;
    if (focused && document.activeElement === body) {
      /** @type {HTMLElement | null} */ (rows.querySelector(`a[href="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
    }
    window.htmx?.process(rows);
  }
}

/** @param {{ waiting: number, crisis: number, late: number, mine: number }} counts */
export function showCounts({ waiting, crisis, late, mine }) {
  badge("/console/wachtrij", waiting, crisis || late ? "alarm" : "wait", say("waiting"));
  badge("/console/dag", mine, "wait", say("waiting_on_you"));
  const before = new RegExp(`^(\\(\\d+\\) )?(${say("for_you", { count: "\\d+" })} · )?`);
  const name = document.title.replace(before, "");
  document.title = `${waiting ? `(${waiting}) ` : ""}${mine ? `${say("for_you", { count: mine })} · ` : ""}${name}`;
}

/** @param {string} path @param {number} count @param {string} kind @param {string} words for who hears the page */
function badge(path, count, kind, words) {
  const link = document.querySelector(`#menu a[href="${path}"]`);
  if (!link) return;
  link.querySelector(".badge")?.remove();
  if (!count) return;
  const made = document.createElement("span");
  made.className = `badge ${kind}`;
  made.textContent = String(count);
  const hidden = document.createElement("span");
  hidden.className = "visually-hidden";
  hidden.textContent = ` ${words}`;
  made.append(hidden);
  link.append(made);
}
