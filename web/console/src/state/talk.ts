/** The conversation that is open: fetched whole once, then kept up by events and by `after`. */
import { computed, reactive, ref } from "vue";
import { api } from "../core/api";
import type { Conversation, Item, Line, Side } from "../core/contract";
import { Refused } from "../../../shared/http";
import { explain } from "../words";
import { drop, pending } from "./outbox";
import { say } from "./place";
import { may, me } from "./session";

export interface Open extends Omit<Conversation, "lines" | "more"> {
  id: string;
  /** There are lines before the first one here. */
  older: boolean;
  /** By id, each once. */
  lines: Map<number, Line>;
  /** Up to this one all are here; of those that were pushed after it, one may be missing. */
  complete: number;
  /** They were fetched by who has the conversation: nothing in them is masked. */
  unmasked: boolean;
  typing: { who: string; until: number } | null;
}

export const open = ref<Open | null>(null);
export const missing = ref(false);
let wanted = "";
let timer: ReturnType<typeof setTimeout> | undefined;

export const lines = computed<Line[]>(() =>
  open.value ? [...open.value.lines.values()].sort((a, b) => a.id - b.id) : [],
);
export const waitingToGo = computed(() =>
  pending.value.filter((message) => message.conversation === open.value?.id),
);
const isMine = (item: Item): boolean => item.state === "human" && item.agent?.id === me.value?.id;
export const mine = computed(() => open.value !== null && isMine(open.value.item));
/** Supervisors may hand on, hand back and end what a colleague has. */
export const mayMove = computed(
  () => mine.value || (open.value?.item.state === "human" && may.value("supervisor")),
);

export async function show(id: string): Promise<void> {
  if (wanted === id && open.value) return;
  wanted = id;
  open.value = null;
  missing.value = false;
  if (id) await catchUp();
}

interface Run {
  id: string;
  again: boolean;
  done: Promise<void>;
}
let running: Run | undefined;

/** Fetch what is new; one request after the other, so that no older answer comes after a newer. */
export function catchUp(): Promise<void> {
  const id = wanted;
  if (!id) return Promise.resolve();
  if (running?.id === id) {
    running.again = true;
    return running.done;
  }
  const run: Run = { id, again: true, done: Promise.resolve() };
  running = run;
  run.done = fetchWhileAsked(run).finally(() => {
    if (running === run) running = undefined;
  });
  return run.done;
}

async function fetchWhileAsked(run: Run): Promise<void> {
  while (run.again && run.id === wanted) {
    run.again = false;
    await fetchNew(run.id);
  }
}

/** What came after the lines that are surely here; everything when nothing is here, or when the
 * conversation has become mine or somebody else's: what is masked depends on that. */
async function fetchNew(id: string): Promise<void> {
  const after = open.value?.id === id && !stale(open.value) ? open.value.complete : 0;
  try {
    const fresh = await api.conversation(id, after);
    if (wanted !== id) return;
    const before = open.value?.id === id ? open.value : null;
    // So much was missed that there is a gap behind it: what is here is let go.
    const kept = after && !fresh.more ? before : null;
    const turns = new Map([...(kept?.turns ?? []), ...fresh.turns].map((one) => [one.message_id, one]));
    open.value = {
      ...fresh,
      id,
      item: before && before.item.version > fresh.item.version ? before.item : fresh.item,
      turns: [...turns.values()],
      older: kept ? kept.older : Boolean(fresh.more),
      lines: kept?.lines ?? reactive(new Map()),
      complete: Math.max(after, ...fresh.lines.map((line) => line.id)),
      unmasked: kept?.unmasked ?? isMine(fresh.item),
      reads: merged(before?.reads ?? {}, fresh.reads),
      typing: before?.typing ?? null,
    };
    for (const line of fresh.lines) receive(id, line);
    if (stale(open.value)) catchUpSoon(id);
  } catch (error) {
    if (wanted !== id) return;
    if (error instanceof Refused && error.status === 404) missing.value = true;
    else if (!(error instanceof Refused && error.passing && open.value)) say(explain(error), true);
  }
}

export function catchUpSoon(id: string): void {
  if (id !== wanted) return;
  clearTimeout(timer);
  timer = setTimeout(() => void catchUp(), 120);
}

/** A line, however it came here; what was pending under its id is confirmed by it. */
export function receive(conversation: string, line: Line): void {
  if (line.client_message_id && line.from === "agent") drop(line.client_message_id);
  if (open.value?.id !== conversation) return;
  const person = line.from === "customer" || line.from === "agent";
  if (person && !open.value.lines.has(line.id)) open.value.typing = null;
  open.value.lines.set(line.id, line);
}

export function setReads(conversation: string, side: Side, messageId: number): void {
  if (open.value?.id !== conversation) return;
  open.value.reads = merged(open.value.reads, { [side]: messageId });
}

export function setTyping(conversation: string, who: string): void {
  if (open.value?.id === conversation) open.value.typing = { who, until: Date.now() + 6_000 };
}

/** What is known of a conversation's owner now, whole or in part; an older version is no news. */
export function setItem(id: string, told: Partial<Item>): void {
  const item = open.value?.id === id ? open.value.item : undefined;
  if (item && (told.version ?? -1) >= item.version) open.value!.item = { ...item, ...told, id };
}

/** Lines before the first one that is here. */
export async function loadEarlier(): Promise<void> {
  const here = open.value;
  if (!here?.older) return;
  try {
    const fresh = await api.earlier(here.id, Math.min(...here.lines.keys()));
    here.older = Boolean(fresh.more);
    for (const line of fresh.lines) here.lines.set(line.id, line);
    const known = new Set(here.turns.map((turn) => turn.message_id));
    here.turns = [...fresh.turns.filter((turn) => !known.has(turn.message_id)), ...here.turns];
  } catch (error) {
    say(explain(error), true);
  }
}

const stale = (here: Open): boolean => here.unmasked !== isMine(here.item);

function merged(a: Open["reads"], b: Open["reads"]): Open["reads"] {
  return {
    customer: Math.max(a.customer ?? 0, b.customer ?? 0),
    agent: Math.max(a.agent ?? 0, b.agent ?? 0),
  };
}
