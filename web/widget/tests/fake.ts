/** A desk in memory, at the level of fetch. */
import { Desk } from "../src/core/api";
import { Conversation } from "../src/core/conversation";
import type { Message } from "../src/core/contract";
import { Store } from "../src/core/store";

export interface Sent {
  text?: string;
  payload?: string;
  client_message_id: string;
}

type Script = (sent: Sent) => Response | Error | undefined;

export class FakeDesk {
  readonly sent: Sent[] = [];
  readonly requests: { path: string; init: RequestInit }[] = [];
  lines: Message[] = [];
  sessions = 0;
  expired = false;
  /** What becomes of the next messages; undefined answers them. */
  script: Script[] = [];
  private stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  private lastId = 0;

  line(line: Partial<Message>): Message {
    return { id: ++this.lastId, from: "bot", at: "2026-11-23T03:00:00+08:00", ...line };
  }

  push(event: string): void {
    this.stream?.enqueue(new TextEncoder().encode(event));
  }

  readonly fetch = (async (input: string, init: RequestInit = {}) => {
    const path = new URL(input).pathname;
    this.requests.push({ path, init });
    const authorised = !this.expired || path === "/chat/sessions" || path === "/chat/shop";
    if (!authorised) return new Response("{}", { status: 401 });
    if (path === "/chat/shop") {
      return Response.json({ name: { zh: "店" }, languages: ["zh"], greeting: {}, quick_replies: {} });
    }
    if (path === "/chat/sessions") {
      this.expired = false;
      this.lines = [];
      const session = { session_id: `s${++this.sessions}`, token: `t${this.sessions}` };
      return Response.json({ ...session, expires_at: "2126-01-01T00:00:00Z" }, { status: 201 });
    }
    if (path === "/chat/events") {
      return new Response(new ReadableStream<Uint8Array>({ start: (stream) => void (this.stream = stream) }));
    }
    if (init.method === "GET") return Response.json({ status: "bot", messages: this.lines });
    if (path !== "/chat/messages") return new Response(null, { status: 204 });
    const sent = JSON.parse(init.body as string) as Sent;
    this.sent.push(sent);
    const scripted = this.script.shift()?.(sent);
    if (scripted instanceof Error) throw scripted;
    if (scripted) return scripted;
    this.lines.push(this.line({ from: "customer", text: sent.text ?? "button", client_message_id: sent.client_message_id }));
    const reply = this.line({ text: `re: ${sent.text ?? sent.payload}` });
    this.lines.push(reply);
    return Response.json({ status: "bot", messages: [reply] });
  }) as typeof fetch;

  conversation(store: Store, pausesMs: number[] = [0, 0]): Conversation {
    return new Conversation(new Desk("http://desk.test", this.fetch), store, () => "zh", pausesMs);
  }
}

export function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}

export function texts(conversation: Conversation): string[] {
  return conversation.transcript.entries.map(({ from, text }) => `${from}: ${text}`);
}
