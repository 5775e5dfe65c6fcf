import type { Failure } from "./api";
import type { Choice, Message } from "./contract";
import type { Pending } from "./store";

export type Delivery = "done" | "sending" | "failed" | "refused";

/** One thing said, as the page shows it. */
export interface Entry {
  /** The desk's id, or the client message id of what the customer said here. */
  key: string;
  from: Message["from"] | "notice";
  text: string;
  buttons: Choice[];
  image?: string;
  at: string;
  delivery: Delivery;
  failure?: Failure;
  /** The person who wrote it. */
  agent?: string;
  /** The person has read it. */
  read?: boolean;
  /** The desk has it, as its transcript shows; whatever becomes of the answer's way here. */
  kept?: boolean;
}

/** What was said, in order, each thing once. */
export class Transcript {
  readonly entries: Entry[] = [];
  private readonly byKey = new Map<string, Entry>();

  /** @returns the new entry, or undefined when it is shown already. */
  receive(message: Message): Entry | undefined {
    const id = String(message.id);
    // A person's line has the id of their page too, which says nothing here.
    const key = (message.from === "customer" && message.client_message_id) || id;
    const known = this.byKey.get(key) ?? this.byKey.get(id);
    if (known) {
      known.kept = true;
      this.byKey.set(id, known);
      return undefined;
    }
    const entry = this.append({
      key,
      from: message.from,
      text: message.text ?? "",
      buttons: message.buttons ?? [],
      ...(message.image && { image: message.image }),
      ...(message.agent && { agent: message.agent }),
      at: message.at,
      delivery: "done",
    });
    this.byKey.set(id, entry);
    return entry;
  }

  /** Why the message did not go, when it did not. */
  failureOf(key: string): Failure | undefined {
    return this.byKey.get(key)?.failure;
  }

  /** What the customer says here; shown before the desk has it. */
  say(message: Pending): Entry | undefined {
    if (this.byKey.has(message.id)) return undefined;
    return this.append({
      key: message.id,
      from: "customer",
      text: "text" in message ? message.text : message.title,
      buttons: [],
      at: message.at,
      delivery: "sending",
    });
  }

  notice(key: string, at: string): Entry | undefined {
    if (this.byKey.has(key)) return undefined;
    return this.append({ key, from: "notice", text: "", buttons: [], at, delivery: "done" });
  }

  /** @returns the entry when something about it changed. What the desk has is done. */
  mark(key: string, delivery: Delivery, failure?: Failure): Entry | undefined {
    const entry = this.byKey.get(key);
    if (entry?.kept) [delivery, failure] = ["done", undefined];
    if (!entry || (entry.delivery === delivery && entry.failure === failure)) return undefined;
    entry.delivery = delivery;
    if (failure) entry.failure = failure;
    else delete entry.failure;
    return entry;
  }

  /** A person has read up to the desk's id `id`: @returns the customer's entries that this changes. */
  readUpTo(id: number): Entry[] {
    const own = [...this.byKey].filter(([key, { from }]) => from === "customer" && Number(key) <= id);
    const last = own.sort(([one], [other]) => Number(one) - Number(other)).at(-1)?.[1];
    const changed = this.entries.filter((entry) => Boolean(entry.read) !== (entry === last));
    for (const entry of changed) entry.read = entry === last;
    return changed;
  }

  /** A question's buttons answer it until the customer has said something after it. */
  isOpen(entry: Entry): boolean {
    const place = this.entries.indexOf(entry);
    return !this.entries.slice(place + 1).some(({ from }) => from === "customer" || from === "notice");
  }

  /** The desk's ids of what was said to the customer after the id `seen`. */
  unread(seen: number): number[] {
    return this.entries
      .filter(({ from }) => from !== "customer" && from !== "notice")
      .map(({ key }) => Number(key))
      .filter((id) => id > seen);
  }

  private append(entry: Entry): Entry {
    this.entries.push(entry);
    this.byKey.set(entry.key, entry);
    return entry;
  }
}
