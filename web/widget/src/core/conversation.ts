import { Desk, DeskError, type Failure } from "./api";
import type { Message, Outgoing, Owner, Session, Shop, Status } from "./contract";
import { EventStream, type ServerEvent } from "../../../shared/events";
import { uuid } from "../../../shared/uuid";
import { People } from "./people";
import type { Pending, Store } from "./store";
import { type Entry, Transcript } from "./transcript";

export type Change =
  | { kind: "added"; entry: Entry }
  | { kind: "changed"; entry: Entry }
  | { kind: "shop" }
  /** Status, typing or connection. */
  | { kind: "state" };

const RETRY_PAUSES_MS = [1_000, 3_000];
const LONGEST_POLITE_WAIT_S = 10;

/**
 * One customer's conversation with the desk: what was said, what is on its way, what went wrong.
 * Knows nothing of how it looks.
 *
 * A message keeps its id in the store until the desk has answered it, so that a repeat after a lost
 * connection or a reload is the same message. Messages are sent one at a time, in order.
 */
export class Conversation {
  shop: Shop | undefined;
  readonly transcript = new Transcript();
  readonly people: People;
  private session: Session | undefined;
  private opening: Promise<Session> | undefined;
  private stream: EventStream | undefined;
  private readonly listeners = new Set<(change: Change) => void>();
  private queue: Pending[] = [];
  private delivering = false;
  /** The newest of the desk's ids before which nothing is missing: the stream goes on from there. */
  private lastEventId = "";
  private connected = true;
  private loading = false;
  private reconnecting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly desk: Desk,
    readonly store: Store,
    private readonly language: () => string,
    private readonly pausesMs: readonly number[] = RETRY_PAUSES_MS,
  ) {
    const changed = () => this.emit({ kind: "state" });
    this.people = new People(desk, store, this.transcript, () => this.session?.token, changed);
  }

  get status(): Status {
    return this.people.owner.status;
  }

  subscribe(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The desk has a message and has not answered yet. */
  get typing(): boolean {
    return this.delivering;
  }

  get online(): boolean {
    return this.connected;
  }

  /** Whether this visitor has spoken here before: only then is there something to listen for. */
  get hasSession(): boolean {
    return this.session !== undefined || this.store.session() !== undefined;
  }

  /** Fetches the shop and what was said before; keeps trying while the desk is away. */
  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    clearTimeout(this.reconnecting);
    try {
      if (!this.shop) {
        this.shop = await this.desk.shop();
        this.emit({ kind: "shop" });
      }
      await this.resume();
      this.setConnected(true);
    } catch {
      this.setConnected(false);
      this.reconnecting = setTimeout(() => void this.load(), this.pausesMs.at(-1));
    } finally {
      this.loading = false;
    }
    for (const message of this.store.outbox()) this.enqueue(message);
  }

  say(message: Outgoing): void {
    const pending = { ...message, id: uuid(), at: new Date().toISOString() };
    this.store.keepPending(pending);
    this.enqueue(pending);
  }

  /** Sends again all that failed on its way, in order, each under the id that it had. */
  retry(): void {
    for (const message of this.store.outbox()) this.enqueue(message);
    this.stream?.hurry();
    if (!this.connected && !this.stream) void this.load();
  }

  /** The desk is within reach again: sends what has failed, but for what it thought too hasty. */
  private sendLate(): void {
    for (const message of this.store.outbox()) {
      if (this.transcript.failureOf(message.id) !== "limited") this.enqueue(message);
    }
  }

  dispose(): void {
    clearTimeout(this.reconnecting);
    this.stream?.stop();
    this.people.dispose();
    this.listeners.clear();
  }

  private async resume(): Promise<void> {
    const kept = this.store.session();
    if (!kept) return;
    if (kept === "expired") return this.expire();
    try {
      const { messages, status } = await this.desk.transcript(kept.token);
      this.session = kept;
      for (const message of messages) this.receive(message);
      this.lastEventId = String(messages.at(-1)?.id ?? "");
      if (status) this.people.setStatus(status);
      this.listen(kept);
    } catch (error) {
      if (error instanceof DeskError && error.failure === "expired") return this.expire();
      throw error;
    }
  }

  private enqueue(message: Pending): void {
    if (this.queue.some(({ id }) => id === message.id)) return;
    this.queue.push(message);
    const entry = this.transcript.say(message);
    if (entry) this.emit({ kind: "added", entry });
    else this.mark(message.id, "sending");
    void this.deliver();
  }

  private async deliver(): Promise<void> {
    if (this.delivering) return;
    this.delivering = true;
    this.emit({ kind: "state" });
    for (let message = this.queue[0]; message; message = this.queue[0]) {
      const failure = await this.send(message);
      if (failure === undefined || isFinal(failure)) {
        this.queue.shift();
        this.store.dropPending(message.id);
        this.mark(message.id, failure ? "refused" : "done", failure);
        continue;
      }
      for (const { id } of this.queue.splice(0)) this.mark(id, "failed", failure);
      if (failure === "offline") this.setConnected(false);
    }
    this.delivering = false;
    this.emit({ kind: "state" });
  }

  /** @returns why it was not answered, after as many repeats as are polite. */
  private async send(message: Pending): Promise<Failure | undefined> {
    let renewed = false;
    for (let attempt = 0; ; attempt++) {
      try {
        const session = await this.openSession();
        const reply = await this.desk.send(session.token, message.id, this.queue[0] ?? message);
        this.mark(message.id, "done");
        for (const said of reply.messages) this.receive(said);
        this.lastEventId ||= String(reply.messages.at(-1)?.id ?? "");
        this.people.setStatus(reply.status);
        this.setConnected(true);
        return undefined;
      } catch (error) {
        const { failure, retryAfter } = error instanceof DeskError ? error : new DeskError("broken");
        if (failure === "expired" && !renewed) {
          renewed = true;
          this.expire();
          continue;
        }
        if (failure === "refused" && this.queue[0] && "title" in this.queue[0]) {
          this.queue[0] = inWords(this.queue[0]); // a button that the desk no longer knows
          continue;
        }
        const pause = this.pausesMs[attempt];
        if (isFinal(failure) || pause === undefined || retryAfter > LONGEST_POLITE_WAIT_S) return failure;
        await new Promise((resolve) => setTimeout(resolve, Math.max(pause, retryAfter * 1_000)));
      }
    }
  }

  private openSession(): Promise<Session> {
    if (this.session && Date.parse(this.session.expires_at) <= Date.now()) this.expire();
    if (this.session) return Promise.resolve(this.session);
    this.opening ??= this.desk
      .openSession(this.language())
      .then((session) => {
        this.session = session;
        this.store.keepSession(session);
        this.listen(session);
        return session;
      })
      .finally(() => (this.opening = undefined));
    return this.opening;
  }

  /** The session is over: say so, and begin a new one with the next message. */
  private expire(): void {
    const over = this.session?.session_id ?? "before";
    this.session = undefined;
    this.store.keepSession(undefined);
    this.stream?.stop();
    this.stream = undefined;
    this.lastEventId = "";
    this.queue = this.queue.map(inWords);
    for (const message of this.store.outbox()) this.store.keepPending(inWords(message));
    this.people.set({ status: "bot" });
    const entry = this.transcript.notice(`expired:${over}`, new Date().toISOString());
    if (entry) this.emit({ kind: "added", entry });
  }

  private listen(session: Session): void {
    this.stream?.stop();
    this.stream = new EventStream({
      open: (signal) => this.desk.events(session.token, this.lastEventId, signal),
      endsWith: (error) => {
        const expired = error instanceof DeskError && error.failure === "expired";
        if (expired) this.expire();
        return expired;
      },
      onEvent: (event) => this.onEvent(event),
      onUp: () => {
        this.setConnected(true);
        this.sendLate();
      },
      onDown: () => this.setConnected(false),
    });
  }

  private onEvent({ id, event, data }: ServerEvent): void {
    if (id) this.lastEventId = id;
    let said: unknown;
    try {
      said = JSON.parse(data);
    } catch {
      return; // not ours
    }
    if (event === "message") this.receive(said as Message);
    else if (event === "status") this.people.set(said as Owner);
    else if (event === "typing") this.people.heardTyping();
    else if (event === "read") {
      const changed = this.transcript.readUpTo((said as { message_id: number }).message_id);
      for (const entry of changed) this.emit({ kind: "changed", entry });
    }
  }

  private receive(message: Message): void {
    if (message.from === "agent") this.people.stopTyping();
    const entry = this.transcript.receive(message);
    if (entry) this.emit({ kind: "added", entry });
    else if (message.client_message_id) this.mark(message.client_message_id, "done");
  }

  private mark(...change: Parameters<Transcript["mark"]>): void {
    const entry = this.transcript.mark(...change);
    if (entry) this.emit({ kind: "changed", entry });
  }

  private setConnected(connected: boolean): void {
    if (this.connected === connected) return;
    this.connected = connected;
    this.emit({ kind: "state" });
  }

  private emit(change: Change): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}

function isFinal(failure: Failure): boolean {
  return failure === "refused" || failure === "too_long";
}

/** A button belongs to the session that offered it; in a new one, what it meant is its title. */
function inWords(message: Pending): Pending {
  return "title" in message ? { text: message.title, id: message.id, at: message.at } : message;
}
