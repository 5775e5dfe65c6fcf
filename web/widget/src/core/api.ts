import type { Message, Outgoing, Owner, Reply, Session, Shop, Status } from "./contract";

/**
 * Why a request did not succeed, in the terms in which the customer is told:
 * `offline` nothing came back · `expired` the session is over · `limited` too fast ·
 * `too_long` · `refused` the desk will not take it, however often it is sent · `broken` the desk's fault.
 */
export type Failure = "offline" | "expired" | "limited" | "too_long" | "refused" | "broken";

export class DeskError extends Error {
  constructor(
    readonly failure: Failure,
    /** Seconds that the desk asks to wait. */
    readonly retryAfter = 0,
  ) {
    super(failure);
  }
}

const ANSWER_TIMEOUT_MS = 60_000;

export class Desk {
  constructor(
    readonly origin: string,
    private readonly fetcher: typeof fetch = (...args) => fetch(...args),
  ) {}

  shop(): Promise<Shop> {
    return this.json("GET", "/chat/shop");
  }

  openSession(lang: string): Promise<Session> {
    return this.json("POST", "/chat/sessions", undefined, { channel: "web", lang });
  }

  transcript(token: string): Promise<{ status?: Status; messages: Message[] }> {
    return this.json("GET", "/chat/messages", token);
  }

  /** The same `clientMessageId` is the same message, however often it is sent. */
  send(token: string, clientMessageId: string, message: Outgoing): Promise<Reply> {
    const said = "text" in message ? { text: message.text } : { payload: message.payload };
    return this.json("POST", "/chat/messages", token, { ...said, client_message_id: clientMessageId });
  }

  /** The customer is typing. */
  async typing(token: string): Promise<void> {
    await this.post("/chat/typing", token);
  }

  /** The customer has seen everything up to the message `id`. */
  async read(token: string, id: number): Promise<void> {
    await this.post("/chat/read", token, { message_id: id });
  }

  /** Wait for a person no longer. */
  withdraw(token: string): Promise<Owner> {
    return this.json("POST", "/chat/withdraw", token);
  }

  /** Rates the person who served last, 0 to 10. */
  async rate(token: string, score: number, reason: string): Promise<void> {
    await this.post("/chat/rating", token, { score, reason });
  }

  /** The open stream of what arrives later; `lastEventId` is what was seen last. */
  async events(token: string, lastEventId: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const headers: Record<string, string> = { Accept: "text/event-stream", ...bearer(token) };
    if (lastEventId) headers["Last-Event-ID"] = lastEventId;
    const response = await this.request("/chat/events", { headers, signal, cache: "no-store" });
    if (!response.body) throw new DeskError("broken");
    return response.body;
  }

  private post(path: string, token: string, body?: object): Promise<Response> {
    return this.ask("POST", path, token, body);
  }

  private async json<T>(method: string, path: string, token?: string, body?: object): Promise<T> {
    const response = await this.ask(method, path, token, body);
    try {
      return (await response.json()) as T;
    } catch {
      throw new DeskError("offline"); // cut off in the middle, or not the desk that answered
    }
  }

  private ask(method: string, path: string, token?: string, body?: object): Promise<Response> {
    return this.request(path, {
      method,
      headers: { ...(body && { "Content-Type": "application/json" }), ...bearer(token) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
  }

  private async request(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await this.fetcher(this.origin + path, { credentials: "omit", ...init });
    } catch {
      throw new DeskError("offline");
    }
    if (response.ok) return response;
    throw new DeskError(failureOf(response.status), Number(response.headers.get("Retry-After")) || 0);
  }
}

function bearer(token: string | undefined): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

function failureOf(status: number): Failure {
  if (status === 401) return "expired";
  if (status === 413) return "too_long";
  if (status === 429) return "limited";
  return status >= 500 ? "broken" : "refused";
}
