/** Moments, spans and money as people read them: by the desk's clock, in the shop's time zone. */
import { computed, ref } from "vue";
import { lang, t } from "../words";

/** How far the desk's clock is ahead of the browser's, in milliseconds. */
const ahead = ref(0);
const zone = ref<string | undefined>();
const ticks = ref(Date.now());
setInterval(() => (ticks.value = Date.now()), 1_000);

export function setClock(now: string | undefined, timezone?: string): void {
  if (now) ahead.value = Date.parse(now) - Date.now();
  if (timezone) zone.value = timezone;
}

/** The desk's time now, in milliseconds; changes every second. */
export const now = computed(() => ticks.value + ahead.value);

function format(iso: string | number, options: Intl.DateTimeFormatOptions): string {
  const locale = lang.value === "zh" ? "zh-CN" : "en-GB";
  const timeZone = zone.value;
  return new Intl.DateTimeFormat(locale, { ...(timeZone && { timeZone }), ...options }).format(
    new Date(iso),
  );
}

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

export const clockTime = (iso: string): string => format(iso, CLOCK);

/** `2026-11-25`, the shop's calendar day; `days` later. */
export function dayOf(iso: string | number, days = 0): string {
  const moment = new Date(iso).getTime() + days * 86_400_000;
  const options = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  return new Intl.DateTimeFormat("en-CA", {
    ...options,
    ...(zone.value && { timeZone: zone.value }),
  }).format(moment);
}

/** "Today", "Yesterday", else the date. */
export function dayName(iso: string): string {
  const day = dayOf(iso);
  if (day === dayOf(now.value)) return t("today");
  if (day === dayOf(now.value, -1)) return t("yesterday");
  return format(iso, { month: "long", day: "numeric", weekday: "short" });
}

/** The time alone today, with its date on other days. */
export function when(iso: string): string {
  if (dayOf(iso) === dayOf(now.value)) return clockTime(iso);
  return format(iso, { month: "numeric", day: "numeric", ...CLOCK });
}

export const fullTime = (iso: string): string =>
  format(iso, { year: "numeric", month: "numeric", day: "numeric", weekday: "short", ...CLOCK });

export const weekday = (iso: string): string =>
  format(iso, { month: "numeric", day: "numeric", weekday: "short" });

/** Seconds as a running clock: `1:05`, `2:03:09`, from a day on in days. */
export function running(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  if (hours >= 24) return span(whole);
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Seconds in words: "4 min 10 s". */
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  const units: [number, string, string][] = [
    [86_400, "天", "d"],
    [3_600, "小时", "h"],
    [60, "分", "min"],
    [1, "秒", "s"],
  ];
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [size, zh, en] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count) parts.push(lang.value === "zh" ? `${count}${zh}` : `${count} ${en}`);
  }
  const shown = parts.slice(0, 2);
  return shown.length ? shown.join(" ") : lang.value === "zh" ? "0秒" : "0 s";
}

export function money(amount: string, currency = "CNY"): string {
  const locale = lang.value === "zh" ? "zh-CN" : "en";
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(Number(amount));
}
