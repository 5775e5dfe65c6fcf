import { DeskError, type Desk } from "./api";

export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/**
 * Reads a `text/event-stream`, as the HTML standard has it (chapter 9.2). EventSource cannot send
 * the Authorization header, so the stream is fetched. `onBytes` is told of any life, comments too.
 */
export async function* readEvents(
  stream: ReadableStream<Uint8Array>,
  onBytes: () => void = () => undefined,
): AsyncGenerator<ServerEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let fields = { id: "", event: "message", data: [] as string[] };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          if (fields.data.length) yield { id: fields.id, event: fields.event, data: fields.data.join("\n") };
          fields = { id: fields.id, event: "message", data: [] };
          continue;
        }
        const [, name, text] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
        if (name === "data") fields.data.push(text ?? "");
        else if (name === "id") fields.id = text ?? "";
        else if (name === "event") fields.event = text || "message";
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

interface Listener {
  /** What the desk should know as seen already. */
  lastEventId(): string;
  onEvent(event: ServerEvent): void;
  onUp(): void;
  onDown(): void;
  onExpired(): void;
}

const SILENCE_MS = 60_000; // the desk sends a comment more often than this
const LONGEST_WAIT_MS = 30_000;

/** Keeps one event stream open, and opens it again with growing, scattered pauses. */
export class EventStream {
  private stopped = false;
  private wake: () => void = () => undefined;
  private connection = new AbortController();

  constructor(
    private readonly desk: Desk,
    private readonly token: string,
    private readonly listener: Listener,
    private readonly firstWaitMs = 1_000,
  ) {
    void this.run();
  }

  stop(): void {
    this.stopped = true;
    this.connection.abort();
    this.wake();
  }

  /** Do not wait any longer: the network is said to be back. */
  hurry(): void {
    this.wake();
  }

  private async run(): Promise<void> {
    let wait = this.firstWaitMs;
    while (!this.stopped) {
      try {
        await this.follow(() => (wait = this.firstWaitMs));
      } catch (error) {
        if (this.stopped) return;
        if (error instanceof DeskError && error.failure === "expired") return this.listener.onExpired();
      }
      if (this.stopped) return;
      this.listener.onDown();
      await this.pause(wait * (0.5 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  private async follow(onUp: () => void): Promise<void> {
    this.connection = new AbortController();
    const { signal } = this.connection;
    const stream = await this.desk.events(this.token, this.listener.lastEventId(), signal);
    onUp();
    this.listener.onUp();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => this.connection.abort(), SILENCE_MS);
    };
    listen();
    try {
      for await (const event of readEvents(stream, listen)) {
        if (this.stopped) return;
        this.listener.onEvent(event);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
