/** The stream of what happens at the desk, and where each event goes. */
import { ref, watch } from "vue";
import { follow } from "../core/api";
import type { Item, Line, Side } from "../core/contract";
import { EventStream, type ServerEvent } from "../../../shared/events";
import { Refused } from "../../../shared/http";
import { t } from "../words";
import { announce } from "./alerts";
import { deliverAll, openOutbox } from "./outbox";
import { say } from "./place";
import { find, queue, refresh, refreshSoon } from "./queue";
import { me } from "./session";
import { catchUp, catchUpSoon, open, receive, setItem, setReads, setTyping } from "./talk";

export const connected = ref(true);
/** Raised when somebody came, left, or changed an account. */
export const presenceChanges = ref(0);

const LONGEST_WAIT_MS = 15_000; // a customer waits
let stream: EventStream | undefined;
const hurry = (): void => stream?.hurry();
const cut = (): void => stream?.cut();
let poll: ReturnType<typeof setInterval> | undefined;

export function connect(): void {
  openOutbox(receive);
  let last = "";
  const listener = {
    open: (signal: AbortSignal) => follow(last, signal),
    endsWith: (error: unknown) => error instanceof Refused && error.status === 401,
    onUp: () => {
      if (!connected.value) say(t("connection_back"));
      connected.value = true;
      catchAllUp();
      deliverAll();
    },
    onDown: () => (connected.value = false),
    onEvent: (event: ServerEvent) => {
      if (event.id) last = event.id;
      onEvent(event);
    },
  };
  stream = new EventStream(listener, 1_000, LONGEST_WAIT_MS);
  addEventListener("online", hurry);
  addEventListener("offline", cut);
  poll = setInterval(refreshSoon, 60_000); // an event should never be missed
}

/** The stream does not say everything that was missed: ask. */
function catchAllUp(): void {
  void refresh();
  void catchUp();
}

export function disconnect(): void {
  removeEventListener("online", hurry);
  removeEventListener("offline", cut);
  stream?.stop();
  stream = undefined;
  clearInterval(poll);
  connected.value = true;
}

type Data = Partial<Line> & Partial<Omit<Item, "id">> & {
  id?: number | string;
  conversation_id?: string;
  side?: Side;
  message_id?: number;
};

function onEvent({ event, data }: ServerEvent): void {
  let told: Data;
  try {
    told = JSON.parse(data) as Data;
  } catch {
    return; // not ours
  }
  const id = told.conversation_id ?? "";
  if (event === "message") heard(id, told as Line);
  else if (event === "line") elsewhere(id);
  else if (event === "read" && told.side && told.message_id) setReads(id, told.side, told.message_id);
  else if (event === "typing" && told.from !== me.value?.name) setTyping(id, String(told.from ?? ""));
  else if (event === "status") status(id, told);
  else if (event === "queue") refreshSoon();
  else if (event === "reset") catchAllUp();
  else if (event === "presence") presenceChanges.value++;
}

function heard(conversation: string, line: Line): void {
  receive(conversation, line);
  refreshSoon();
  catchUpSoon(conversation); // what the bot made of it, and what it changed
  // The open one is known before the queue is fetched anew.
  const item = open.value?.item.id === conversation ? open.value.item : find(conversation);
  const listens = item?.state === "human" && item.agent?.id === me.value?.id;
  if (line.from === "customer" && listens) announce("message", conversation, line.text ?? "", line.id);
}

/** Something was said in a conversation that is not mine. */
function elsewhere(conversation: string): void {
  refreshSoon();
  catchUpSoon(conversation);
}

function status(conversation: string, told: Data): void {
  if (told.version !== undefined) setItem(conversation, told as unknown as Partial<Item>);
  catchUpSoon(conversation);
  refreshSoon();
}

/** Who waits, and what is mine, when last seen: only what is new is told. */
watch(queue, (fresh, before) => {
  if (!me.value) return;
  const known = new Set([...before.waiting, ...before.mine].map((item) => item.id));
  for (const item of fresh.waiting) {
    if (!known.has(item.id)) announce("waiting", item.id, item.last?.text ?? "");
  }
  const mine = new Set(before.mine.map((item) => item.id));
  const came = fresh.mine.find(
    (item) => !mine.has(item.id) && before.others.some((other) => other.id === item.id),
  );
  if (came) {
    const who = before.others.find((other) => other.id === came.id)?.agent?.name ?? "";
    say(t("came_to_you", { who }));
    announce("waiting", came.id, came.last?.text ?? "");
  }
});
