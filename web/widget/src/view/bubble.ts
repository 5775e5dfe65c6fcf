import type { Entry } from "../core/transcript";
import type { Strings } from "../core/i18n";

/**
 * The inside of one message as HTML. All text is escaped here and nothing is read as markup: what a
 * customer, a merchant or the assistant wrote is shown as it was written. `origin` is the desk's.
 */
export function bubble(entry: Entry, open: boolean, words: Strings, origin: string): string {
  const key = escape(entry.key);
  if (entry.from === "notice") return `<div class="nd-notice" data-key="${key}">${words.expired}</div>`;
  const parts = [
    author(entry, words),
    entry.text && `<div class="nd-text">${text(entry, origin)}</div>`,
    picture(entry.image, words, origin),
    options(entry, open),
    foot(entry, words),
  ];
  return `<div class="nd-entry nd-${entry.from} nd-${entry.delivery}" data-key="${key}">${parts.join("")}</div>`;
}

/** Of all that is written, only the desk's own calendar files become links, and only at `origin`. */
const CALENDAR = /https?:\/\/[^\s\/]+(\/chat\/appointments\/([A-Z0-9]+\.ics)\?token=[\w-]+)/g;

function text(entry: Entry, origin: string): string {
  const shown = escape(entry.text);
  if (entry.from !== "bot") return shown;
  return shown.replace(CALENDAR, (_address, path: string, name: string) => `<a href="${escape(origin)}${path}">${name}</a>`);
}

function author(entry: Entry, words: Strings): string {
  if (entry.from === "agent") return `<div class="nd-author">${entry.agent ? escape(words.people.named(entry.agent)) : words.agent}</div>`;
  const spoken = entry.from === "customer" ? words.you : words.assistant;
  return `<span class="nd-unseen">${spoken}: </span>`;
}

function picture(image: string | undefined, words: Strings, origin: string): string {
  if (!image || !URL.canParse(image, origin)) return "";
  const address = new URL(image, origin);
  if (!["http:", "https:"].includes(address.protocol) && !image.startsWith("data:image/")) return "";
  return `<img class="nd-image" src="${escape(address.href)}" alt="${words.photo}" loading="lazy" />`;
}

function options(entry: Entry, open: boolean): string {
  if (!entry.buttons.length) return "";
  const buttons = entry.buttons.map(
    ({ title }, place) =>
      `<button type="button" class="nd-option" data-option="${place}"${open ? "" : " disabled"}>${escape(title)}</button>`,
  );
  return `<div class="nd-options">${buttons.join("")}</div>`;
}

function foot(entry: Entry, words: Strings): string {
  if (entry.delivery === "sending") return `<div class="nd-foot">${words.sending}</div>`;
  if (entry.failure) {
    const [act, label] = entry.delivery === "refused" ? ["edit", words.edit] : ["retry", words.retry];
    return (
      `<div class="nd-foot nd-failure">${words.failures[entry.failure]} ` +
      `<button type="button" class="nd-act" data-act="${act}">${label}</button></div>`
    );
  }
  const at = new Date(entry.at);
  if (Number.isNaN(at.getTime())) return "";
  const time = [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  const read = entry.read ? ` · ${words.read}` : "";
  return `<div class="nd-foot"><time datetime="${escape(entry.at)}">${time}</time>${read}</div>`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
