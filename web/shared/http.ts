/** Requests to the desk, from the pages of the shop's people. The session is a cookie that no
 * script can read. */

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

let signedOut = (): void => {};
export function onSignedOut(call: () => void): void {
  signedOut = call;
}

interface Extra {
  headers?: Record<string, string>;
  /** Milliseconds until it counts as unanswered. */
  timeout?: number;
}

/** The JSON of the answer; nothing for a 204. A `body` that is a Blob is sent as it is.
 *
 * Throws Refused.
 */
export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  { headers = {}, timeout = 60_000 }: Extra = {},
): Promise<T> {
  const raw = body instanceof Blob;
  const type = raw ? "application/octet-stream" : "application/json";
  const response = await open(path, {
    method,
    headers: { ...(body !== undefined && { "Content-Type": type }), ...headers },
    ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeout),
  });
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw new Refused(0, "offline", "", {}); // cut off in the middle, or not the desk that answered
  }
}

/** An answer that is not an error. Throws Refused. */
export async function open(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...init });
  } catch {
    throw new Refused(0, "offline", "", {});
  }
  if (response.ok) return response;
  const { error = {} } = (await response.json().catch(() => ({}))) as { error?: Partial<Refused> };
  if (response.status === 401 && error.code === "unauthorized") signedOut();
  throw new Refused(response.status, error.code ?? "", error.message ?? "", error.details ?? {});
}
