/** The queue, kept fresh: fetched again whenever the desk says that something in it changed. */
import { computed, ref } from "vue";
import { api } from "../core/api";
import type { Group, Item, Queue } from "../core/contract";
import { setClock } from "../core/format";
import { Refused } from "../../../shared/http";

export const GROUPS: Group[] = ["waiting", "mine", "callbacks", "others", "bot"];
export const queue = ref<Queue>({ waiting: [], mine: [], others: [], callbacks: [], bot: [] });
export const loaded = ref(false);
/** Groups that the person has folded. */
export const folded = ref<Partial<Record<Group, boolean>>>({ others: false, bot: false });

export const unread = computed(() => queue.value.mine.reduce((sum, item) => sum + item.unread, 0));
export const waiting = computed(() => queue.value.counts?.waiting ?? queue.value.waiting.length);

/** What the keys walk through: every conversation that is shown. */
export const walk = computed<Item[]>(() =>
  GROUPS.flatMap((group) => (folded.value[group] ? [] : queue.value[group])),
);

let timer: ReturnType<typeof setTimeout> | undefined;
let fetching = false;
let again = false;

export async function refresh(): Promise<void> {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    do {
      again = false;
      const fresh = await api.queue();
      setClock(fresh.now);
      queue.value = fresh;
      loaded.value = true;
    } while (again);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.passing) refreshSoon(5_000);
  } finally {
    fetching = false;
  }
}

/** Many changes at once are one fetch. */
export function refreshSoon(ms = 150): void {
  clearTimeout(timer);
  timer = setTimeout(() => void refresh(), ms);
}

export function find(id: string): Item | undefined {
  return GROUPS.flatMap((group) => queue.value[group]).find((item) => item.id === id);
}
