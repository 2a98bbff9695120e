// What reaches somebody who looks elsewhere: a notification and a sound, each only for who chose it on this screen.

import { say } from "./said.js";

const SOUND = "leerlijn-sound";

/** @param {string} key */
function chosen(key) {
  try {
    return localStorage.getItem(key) === "1";
  } catch {
    return false;
  }
}

/** A notification where that was allowed, and the sound where that was chosen. @param {string} words @param {boolean} crisis */
function tell(words, crisis) {
  if ("Notification" in window && Notification.permission === "granted") {
    new Notification(`Leerlijn: ${words}`, { tag: crisis ? "leerlijn-crisis" : "leerlijn", requireInteraction: crisis });
  }
  sound();
}

/** Two short, soft tones, made here: nothing to fetch. */
function sound() {
  if (!chosen(SOUND)) return;
  const context = new AudioContext();
  const volume = context.createGain();
  volume.gain.value = 0.06;
  volume.connect(context.destination);
  for (const [at, pitch] of [[0, 660], [0.16, 880]]) {
    const tone = context.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(volume);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + at + 0.12);
  }
  setTimeout(() => context.close(), 600);
}

/** Say aloud what should not wait until somebody looks.
 * @param {{ kind: string, own: boolean, yours: boolean, urgency: string | null }} what
 * @param {(words: string, kind: string) => void} toast how it is said on the page itself */
export function announce({ kind, own, yours, urgency }, toast) {
  if (own) return;
  const crisis = urgency === "crisis" && kind.endsWith(".escalated");
  const words = crisis
    ? say("crisis")
    : kind.endsWith(".promise_due")
      ? say("promise")
      : yours && /own_client|released/.test(kind)
        ? say("own_client")
        : "";
  if (document.hidden) {
    if (words || /escalated/.test(kind)) tell(words || say("question"), crisis);
  } else if (words) {
    toast(words, "alarm");
    if (crisis) sound();
  }
}

/** The two choices in the menu of one's own name. */
export function offerNotices() {
  const ask = document.getElementById("ask-notify");
  if (ask && "Notification" in window && Notification.permission === "default") {
    ask.hidden = false;
    ask.addEventListener("click", () => Notification.requestPermission().then(() => (ask.hidden = true)));
  }
  const noise = document.getElementById("sound");
  if (!noise) return;
  noise.hidden = false;
  noise.setAttribute("aria-pressed", String(chosen(SOUND)));
  noise.addEventListener("click", () => {
    const on = !chosen(SOUND);
    try {
      localStorage.setItem(SOUND, on ? "1" : "0");
    } catch {
      return; // without storage there is no choice to keep
    }
    noise.setAttribute("aria-pressed", String(on));
    sound();
  });
}
