import type { Language, Outgoing, Session } from "./contract";

/** A message that the desk has not answered yet. */
export type Pending = Outgoing & { id: string; at: string };

/**
 * What outlives a reload, in the browser's storage. Where storage is forbidden
 * (private windows, blocked site data) it lasts as long as the page.
 */
export class Store {
  private readonly memory = new Map<string, string>();

  constructor(
    private readonly prefix: string,
    private readonly storage: Storage | undefined = browserStorage(),
  ) {}

  /** The session, unless its time is over at `now` (milliseconds). */
  session(now = Date.now()): Session | "expired" | undefined {
    const session = this.read<Session>("session");
    if (!session?.token) return undefined;
    return Date.parse(session.expires_at) <= now ? "expired" : session;
  }

  keepSession(session: Session | undefined): void {
    this.write("session", session);
  }

  outbox(): Pending[] {
    return this.read<Pending[]>("outbox") ?? [];
  }

  /** Adds or replaces the message with this id. */
  keepPending(message: Pending): void {
    const others = this.outbox();
    const place = others.findIndex(({ id }) => id === message.id);
    if (place < 0) others.push(message);
    else others[place] = message;
    this.write("outbox", others);
  }

  dropPending(id: string): void {
    this.write("outbox", this.outbox().filter((message) => message.id !== id));
  }

  draft(): string {
    return this.read<string>("draft") ?? "";
  }

  keepDraft(text: string): void {
    this.write("draft", text || undefined);
  }

  /** The newest of the desk's message ids that the customer has had before their eyes. */
  seen(): number {
    return this.read<number>("seen") ?? 0;
  }

  keepSeen(id: number): void {
    if (id > this.seen()) this.write("seen", id);
  }

  /** The last message of the person whom the customer was asked to rate, and has or would not. */
  rated(): number {
    return this.read<number>("rated") ?? 0;
  }

  keepRated(id: number): void {
    this.write("rated", id);
  }

  language(): Language | undefined {
    return this.read<Language>("language");
  }

  keepLanguage(language: Language): void {
    this.write("language", language);
  }

  private read<T>(name: string): T | undefined {
    const key = `${this.prefix}:${name}`;
    try {
      const raw = this.memory.get(key) ?? this.storage?.getItem(key);
      return raw ? (JSON.parse(raw) as T) : undefined;
    } catch {
      return undefined;
    }
  }

  private write(name: string, value: unknown): void {
    const key = `${this.prefix}:${name}`;
    this.memory.delete(key);
    try {
      if (value === undefined) this.storage?.removeItem(key);
      else if (this.storage) this.storage.setItem(key, JSON.stringify(value));
      else this.memory.set(key, JSON.stringify(value));
    } catch {
      this.memory.set(key, JSON.stringify(value ?? null)); // full or forbidden
    }
  }
}

function browserStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
