import type { Desk } from "./api";
import type { Owner, Status } from "./contract";
import type { Store } from "./store";
import type { Entry, Transcript } from "./transcript";

const TYPING_MS = 6_000; // the desk says it again while it goes on
const TELL_TYPING_EVERY_MS = 3_000;

/**
 * Who the customer talks to, and what passes between them and the shop's people besides messages:
 * who is typing, what was read, the place in the queue, the rating at the end.
 *
 * What is said on the side (typing, read) is not repeated when it does not arrive.
 */
export class People {
  owner: Owner = { status: "bot" };
  /** The person is writing. */
  typing = false;
  private typingEnds: ReturnType<typeof setTimeout> | undefined;
  private toldTyping = 0;
  private toldRead = 0;

  constructor(
    private readonly desk: Desk,
    private readonly store: Store,
    private readonly transcript: Transcript,
    private readonly token: () => string | undefined,
    private readonly changed: () => void,
  ) {}

  /** A whole account of who has the conversation replaces what was known. */
  set(owner: Owner): void {
    if (JSON.stringify(owner) === JSON.stringify(this.owner)) return;
    this.owner = owner;
    if (owner.status !== "human") this.stopTyping();
    this.changed();
  }

  /** A bare status: it does not say again who it is. */
  setStatus(status: Status): void {
    if (status !== this.owner.status) this.set({ status });
  }

  heardTyping(): void {
    clearTimeout(this.typingEnds);
    this.typingEnds = setTimeout(() => {
      this.stopTyping();
      this.changed();
    }, TYPING_MS);
    this.typing = true;
    this.changed();
  }

  stopTyping(): void {
    clearTimeout(this.typingEnds);
    this.typing = false;
  }

  /** The customer is writing to a person. */
  tellTyping(now = Date.now()): void {
    const token = this.token();
    if (!token || this.owner.status !== "human" || now - this.toldTyping < TELL_TYPING_EVERY_MS) return;
    this.toldTyping = now;
    this.desk.typing(token).catch(() => undefined);
  }

  /** The customer has had before their eyes all that there is. */
  tellRead(): void {
    const token = this.token();
    const newest = Math.max(0, ...this.transcript.unread(this.toldRead));
    if (!token || !newest || !["human", "waiting"].includes(this.owner.status)) return;
    this.toldRead = newest;
    this.desk.read(token, newest).catch(() => undefined);
  }

  /** Back to the assistant. */
  async withdraw(): Promise<void> {
    const token = this.token();
    if (!token) return;
    try {
      this.set(await this.desk.withdraw(token));
    } catch {
      // Somebody has just come, or the network is gone: the stream tells which.
    }
  }

  /** The person to be rated: the last one who wrote, once they are done, unless that was asked. */
  get toRate(): Entry | undefined {
    if (this.owner.status === "human" || this.owner.status === "waiting") return undefined;
    const last = this.transcript.entries.filter(({ from }) => from === "agent").at(-1);
    return last && Number(last.key) > this.store.rated() ? last : undefined;
  }

  /** Rejects when the desk does not take it: then it may be tried again. */
  async rate(stars: number, reason: string): Promise<void> {
    const token = this.token();
    const rated = this.toRate;
    if (!token || !rated) return;
    await this.desk.rate(token, stars * 2, reason);
    this.store.keepRated(Number(rated.key));
    this.changed();
  }

  /** The customer would rather not. */
  leaveUnrated(): void {
    if (this.toRate) this.store.keepRated(Number(this.toRate.key));
    this.changed();
  }

  dispose(): void {
    clearTimeout(this.typingEnds);
  }
}
