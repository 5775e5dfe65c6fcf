/** One request to the desk. The session is a cookie that no script can read. */

/** What the desk refused: `code` is machine-readable; `status` 0 means that nothing came back. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown>,
  ) {
    super(message);
  }

  /** The same request may succeed later, as it is. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const ANSWER_TIMEOUT_MS = 60_000;

let signedOut = (): void => {};
export function onSignedOut(call: () => void): void {
  signedOut = call;
}

export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const response = await open(path, {
    method,
    headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw new Refused(0, "offline", "", {}); // cut off in the middle, or not the desk that answered
  }
}

/** The open stream of what happens; `lastEventId` is what was seen last. */
export async function events(
  lastEventId: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (lastEventId) headers["Last-Event-ID"] = lastEventId;
  const response = await open("events", { headers, signal });
  if (!response.body) throw new Refused(0, "offline", "", {});
  return response.body;
}

async function open(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`api/${path}`, { credentials: "same-origin", cache: "no-store", ...init });
  } catch {
    throw new Refused(0, "offline", "", {});
  }
  if (response.ok) return response;
  const { error = {} } = (await response.json().catch(() => ({}))) as { error?: Partial<Refused> };
  if (response.status === 401 && error.code === "unauthorized") signedOut();
  throw new Refused(response.status, error.code ?? "", error.message ?? "", error.details ?? {});
}

/** RFC 4122 version 4; `randomUUID` exists on secure pages only, and a shop's may be plain HTTP. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
