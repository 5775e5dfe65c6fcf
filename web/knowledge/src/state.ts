/** Where one is on the page, and what was last said. */
import { reactive, ref } from "vue";

export interface Note {
  text: string;
  bad?: boolean;
  undo?: () => Promise<void>;
}

/** `["entry", "shipping_fee"]` for `#/entry/shipping_fee`. */
export const place = ref<string[]>(read());
export const note = ref<Note | null>(null);
/** An editor with changes that are not published. */
export const unsaved = ref(false);
/** The gap that an editor of a new entry answers. */
export const handed = reactive<{ ids: number[]; question: string; others: string[]; topic: string }>(
  { ids: [], question: "", others: [], topic: "" },
);

function read(): string[] {
  const parts = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return parts[0] ? parts : ["entries"];
}

export function go(...parts: string[]): void {
  location.hash = `/${parts.map(encodeURIComponent).join("/")}`;
}

let timer = 0;
export function say(next: Note): void {
  note.value = next;
  clearTimeout(timer);
  timer = window.setTimeout(() => (note.value = null), next.undo || next.bad ? 15_000 : 5_000);
}

/** Follows the address; `leave` asks whether unpublished changes may be lost. */
export function follow(leave: () => boolean): void {
  let current = location.hash;
  addEventListener("hashchange", () => {
    if (location.hash === current) return;
    if (unsaved.value && !leave()) {
      history.replaceState(null, "", current || "#/");
      return;
    }
    unsaved.value = false;
    current = location.hash;
    place.value = read();
    scrollTo(0, 0);
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved.value) event.preventDefault();
  });
}
