/** Sound, browser notification, and the count in the title. No sound file: two short tones. */
import { computed, ref } from "vue";
import { recall, remember } from "../core/memory";
import { t } from "../words";
import { go } from "./place";
import { unread, waiting } from "./queue";

export const muted = ref(recall<boolean>("muted") ?? false);
export const permission = ref<NotificationPermission | "unsupported">(
  "Notification" in window ? Notification.permission : "unsupported",
);
export const badge = computed(() => unread.value + waiting.value);
/** Told to screen readers as it changes. */
export const spoken = ref("");

let audio: AudioContext | undefined;
let lastBeep = 0;
let newest = 0;

/** Browsers let a page sound only after the person has touched it. */
function unlock(): void {
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume();
}
addEventListener("pointerdown", unlock);
addEventListener("keydown", unlock);

export function setMuted(next: boolean): void {
  muted.value = next;
  remember("muted", next || undefined);
  if (!next) beep("message");
}

export async function askPermission(): Promise<void> {
  if ("Notification" in window) permission.value = await Notification.requestPermission();
}

type Kind = "message" | "waiting";

/** A message of id `id`, which is told once however often it arrives. */
export function announce(kind: Kind, conversation: string, text: string, id = 0): void {
  if (id && id <= newest) return;
  newest = Math.max(newest, id);
  const title = kind === "waiting" ? t("somebody_waits") : t("new_message");
  spoken.value = `${title}: ${text}`;
  beep(kind);
  if (document.hasFocus() || permission.value !== "granted") return;
  const notification = new Notification(title, { body: text.slice(0, 160), tag: conversation });
  notification.onclick = () => {
    window.focus();
    go("desk", conversation);
    notification.close();
  };
}

function beep(kind: Kind): void {
  if (muted.value || !audio || audio.state !== "running" || Date.now() - lastBeep < 1_200) return;
  lastBeep = Date.now();
  const tones = kind === "waiting" ? [660, 880, 660] : [740, 988];
  tones.forEach((frequency, place) => tone(audio!, frequency, place * 0.14));
}

function tone(context: AudioContext, frequency: number, after: number): void {
  const start = context.currentTime + after;
  const oscillator = new OscillatorNode(context, { frequency, type: "sine" });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.14, start + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.001, start + 0.2);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.22);
}
