/**
 * What this person has written and the desk has not confirmed: kept in the browser under the id with
 * which it is sent, so that after a lost connection or a reload it is sent again as the same message.
 * Each is an entry of its own in the storage, so that two tabs do not overwrite each other's.
 * Within a conversation one is sent after the other, in order.
 */
import { reactive, ref } from "vue";
import { api } from "../core/api";
import type { Line } from "../core/contract";
import { Refused } from "../../../shared/http";
import { uuid } from "../../../shared/uuid";
import { recallAll, remember } from "../core/memory";
import { explain } from "../words";
import { me } from "./session";

export interface Pending {
  id: string;
  agent: string;
  conversation: string;
  text: string;
  at: string;
  /** `refused`: the desk will not take it, however often it is sent. */
  state: "sending" | "queued" | "refused";
  why?: string;
}

export const pending = ref<Pending[]>([]);
const busy = new Set<string>();
let confirmed: (conversation: string, line: Line) => void = () => {};
let wait: ReturnType<typeof setTimeout> | undefined;

const name = (message: Pending): string => `out:${message.agent}:${message.id}`;

/** Take up what an earlier page left; `onConfirmed` is given each line that the desk has taken. */
export function openOutbox(onConfirmed: typeof confirmed): void {
  confirmed = onConfirmed;
  pending.value = recallAll<Pending>(`out:${me.value?.id}:`)
    .sort((a, b) => a.at.localeCompare(b.at))
    .map((message) => reactive({ ...message, state: message.state === "refused" ? "refused" : "queued" }));
  deliverAll();
}

export function send(conversation: string, text: string): void {
  const message = reactive<Pending>({
    id: uuid(),
    agent: me.value?.id ?? "",
    conversation,
    text,
    at: new Date().toISOString(),
    state: "sending",
  });
  remember(name(message), message);
  pending.value = [...pending.value, message];
  void deliver(conversation);
}

export function deliverAll(): void {
  clearTimeout(wait);
  for (const id of new Set(pending.value.map((message) => message.conversation))) void deliver(id);
}

export function sendAgain(message: Pending): void {
  message.state = "queued";
  delete message.why;
  void deliver(message.conversation);
}

export function drop(id: string): void {
  const message = pending.value.find((one) => one.id === id);
  if (!message) return;
  remember(name(message), undefined);
  pending.value = pending.value.filter((one) => one !== message);
}

async function deliver(conversation: string): Promise<void> {
  if (busy.has(conversation)) return;
  busy.add(conversation);
  const next = (): Pending | undefined =>
    pending.value.find((one) => one.conversation === conversation && one.state !== "refused");
  try {
    for (let message = next(); message; message = next()) {
      message.state = "sending";
      const line = await api.say(conversation, message.text, message.id);
      confirmed(conversation, line);
      drop(message.id);
    }
  } catch (error) {
    settle(conversation, next(), error);
  } finally {
    busy.delete(conversation);
  }
}

function settle(conversation: string, failed: Pending | undefined, error: unknown): void {
  const passing = error instanceof Refused && (error.passing || error.status === 401);
  if (failed && !passing) {
    failed.state = "refused";
    failed.why = explain(error);
    remember(name(failed), failed);
    setTimeout(() => void deliver(conversation)); // those behind it are not held up
    return;
  }
  for (const one of pending.value) {
    if (one.conversation === conversation && one.state === "sending") one.state = "queued";
  }
  clearTimeout(wait);
  wait = setTimeout(deliverAll, 5_000);
}
