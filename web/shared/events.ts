/** Server-sent events by `fetch`: EventSource can neither send a header nor say why it failed. */

export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** Reads a `text/event-stream` (HTML standard, 9.2). `onBytes` is told of any life, comments too. */
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

export interface Listener {
  /** Opens the stream, after what was seen already. */
  open(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Whether `error`, thrown by `open`, is for good. */
  endsWith(error: unknown): boolean;
  onEvent(event: ServerEvent): void;
  /** The stream is open: what was missed can be fetched now, and nothing more is missed. */
  onUp(): void;
  onDown(): void;
}

const SILENCE_MS = 60_000; // the desk sends a comment more often than this

/** Keeps one event stream open, and opens it again with growing, scattered pauses. */
export class EventStream {
  private stopped = false;
  private wake: () => void = () => undefined;
  private connection = new AbortController();

  constructor(
    private readonly listener: Listener,
    private readonly firstWaitMs = 1_000,
    private readonly longestWaitMs = 30_000,
  ) {
    void this.run();
  }

  stop(): void {
    this.stopped = true;
    this.cut();
    this.wake();
  }

  /** Do not wait any longer: the network is said to be back. */
  hurry(): void {
    this.wake();
  }

  /** The network is said to be gone: do not wait for the silence to show it. */
  cut(): void {
    this.connection.abort();
  }

  private async run(): Promise<void> {
    let wait = this.firstWaitMs;
    while (!this.stopped) {
      try {
        await this.follow(() => (wait = this.firstWaitMs));
      } catch (error) {
        if (this.stopped || this.listener.endsWith(error)) return;
      }
      if (this.stopped) return;
      this.listener.onDown();
      await this.pause(wait * (0.5 + Math.random() / 2));
      wait = Math.min(wait * 2, this.longestWaitMs);
    }
  }

  private async follow(onUp: () => void): Promise<void> {
    const connection = (this.connection = new AbortController());
    const stream = await this.listener.open(connection.signal);
    onUp();
    this.listener.onUp();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => connection.abort(), SILENCE_MS);
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
