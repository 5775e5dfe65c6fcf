/** Where one is in the page, and what was last said. */
import { ref } from "vue";

/** `["desk", "9f…"]` for `#/desk/9f…`. */
export const place = ref<string[]>(read());

function read(): string[] {
  const parts = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return parts[0] ? parts : ["desk"];
}

export function link(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

export function go(...parts: string[]): void {
  location.hash = link(...parts);
}

addEventListener("hashchange", () => (place.value = read()));

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
}
export const toasts = ref<Toast[]>([]);
let count = 0;

export function say(text: string, bad = false): void {
  const toast = { id: ++count, text, bad };
  toasts.value = [...toasts.value.filter((one) => one.text !== text), toast].slice(-3);
  setTimeout(() => dismiss(toast.id), bad ? 12_000 : 4_000);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}
