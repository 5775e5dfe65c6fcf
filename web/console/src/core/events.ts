import { events, Refused } from "./http";

export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** Reads a `text/event-stream` (HTML standard, 9.2). `onBytes` is told of any life, comments too. */
export async function* readEvents(
  stream: ReadableStream<Uint8Array>,
  onBytes: () => void,
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
          if (fields.data.length) yield { ...fields, data: fields.data.join("\n") };
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
  /** The stream is open: what was missed can be fetched now, and nothing more is missed. */
  onUp(): void;
  onDown(): void;
  onEvent(event: ServerEvent): void;
}

const SILENCE_MS = 60_000; // the desk sends a comment more often than this
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/** Keeps one event stream open, and opens it again with growing, scattered pauses. */
export class EventStream {
  private stopped = false;
  private last = "";
  private wake: () => void = () => undefined;
  private connection = new AbortController();
  private readonly hurry = (): void => this.wake();
  private readonly cut = (): void => this.connection.abort();

  constructor(private readonly listener: Listener) {
    addEventListener("online", this.hurry);
    addEventListener("offline", this.cut);
    void this.run();
  }

  stop(): void {
    this.stopped = true;
    removeEventListener("online", this.hurry);
    removeEventListener("offline", this.cut);
    this.cut();
    this.wake();
  }

  private async run(): Promise<void> {
    let wait = FIRST_WAIT_MS;
    while (!this.stopped) {
      try {
        await this.follow(() => (wait = FIRST_WAIT_MS));
      } catch (error) {
        if (this.stopped || (error instanceof Refused && error.status === 401)) return;
      }
      if (this.stopped) return;
      this.listener.onDown();
      await this.pause(wait * (0.5 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  private async follow(onUp: () => void): Promise<void> {
    this.connection = new AbortController();
    const stream = await events(this.last, this.connection.signal);
    onUp();
    this.listener.onUp();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = (): void => {
      clearTimeout(timer);
      timer = setTimeout(this.cut, SILENCE_MS);
    };
    listen();
    try {
      for await (const event of readEvents(stream, listen)) {
        if (this.stopped) return;
        if (event.id) this.last = event.id;
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
