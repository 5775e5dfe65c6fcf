/** The page's two languages. */
import { ref } from "vue";
import type { Bilingual } from "../core/contract";
import { Refused } from "../../../shared/http";
import { pages } from "./pages";
import { reasons } from "./reasons";
import { talk } from "./talk";
import { work } from "./work";

export type Lang = "zh" | "en";

const kept = localStorage.getItem("lang");
export const lang = ref<Lang>(
  kept === "zh" || kept === "en" ? kept : navigator.language.startsWith("zh") ? "zh" : "en",
);

export function setLang(next: Lang): void {
  lang.value = next;
  localStorage.setItem("lang", next);
}

const words = { ...talk, ...work, ...pages, ...reasons };
export type Word = keyof typeof words;

/** `word` in the page's language, its `{names}` filled in. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  const text = words[word][lang.value === "zh" ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ""));
}

/** Whether the page has a word for it. */
export const hasName = (prefix: string, value: string): boolean => `${prefix}_${value}` in words;

/** The word `prefix_value` where the page has one, else `value` as the desk says it. */
export function named(prefix: string, value: string | null | undefined): string {
  if (!value) return "";
  return hasName(prefix, value) ? t(`${prefix}_${value}` as Word) : value.replaceAll("_", " ");
}

/** What a merchant calls something, in the page's language where there is a name. */
export function ours(names: Bilingual): string {
  return (lang.value === "zh" ? names.zh || names.en : names.en || names.zh) ?? "";
}

/** What went wrong, for the person at the page. */
export function explain(error: unknown): string {
  if (!(error instanceof Refused)) return t("error_other");
  const word = `error_${error.code}`;
  const details = error.details as Record<string, string | number>;
  const minutes = Math.ceil(Number(details.seconds ?? 0) / 60);
  if (word in words) return t(word as Word, { ...details, minutes });
  return error.message || t("error_other");
}
