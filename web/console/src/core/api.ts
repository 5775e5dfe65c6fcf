/** What the page asks of the desk, by name. */
import type * as C from "./contract";
import { call as ask, open, Refused } from "../../../shared/http";

/** The session is a cookie; the desk is where the page came from. */
const call = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  ask<T>(method, `api/${path}`, body);
const one = encodeURIComponent;
const talk = (id: string): string => `conversations/${one(id)}`;
const query = (values: Record<string, string | number | null | undefined>): string =>
  new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) =>
      value === null || value === undefined || value === "" ? [] : [[name, String(value)]],
    ),
  ).toString();
/** A write that may be sent again: `key` is one for each thing that the person confirmed. */
const write = <T>(method: string, path: string, key: string, body: object = {}): Promise<T> =>
  ask<T>(method, `api/${path}`, body, { headers: { "Idempotency-Key": key } });

/** The open stream of what happens; `lastEventId` is what was seen last. */
export async function follow(
  lastEventId: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (lastEventId) headers["Last-Event-ID"] = lastEventId;
  const response = await open("api/events", { headers, signal });
  if (!response.body) throw new Refused(0, "offline", "", {});
  return response.body;
}

export interface NewOrder {
  customer: { name: string; phone: string };
  address: string;
  items: { sku: string; quantity: number }[];
  note?: string;
  conversation_id: string;
}
export interface NewAppointment {
  service: string;
  branch: string;
  start: string;
  customer: { name: string; phone: string };
  note: string;
  conversation_id: string;
}
export interface NewTicket {
  kind: C.TicketKind;
  subject: string;
  description: string;
  priority: C.Priority;
  due_at?: string;
  customer?: { name?: string; phone?: string };
  conversation_id: string;
}
export interface TicketChange {
  status?: C.TicketStatus;
  priority?: C.Priority;
  assignee?: string | null;
  outcome?: string;
}
export interface AccountChange {
  name?: string;
  role?: C.Role;
  active?: boolean;
  password?: string;
}

export const api = {
  session: () => call<C.Session>("GET", "session"),
  signIn: (login: string, password: string) =>
    call<{ agent: C.Me }>("POST", "session", { login, password }),
  signOut: () => call<void>("DELETE", "session"),
  changePassword: (old: string, next: string) =>
    call<void>("POST", "session/password", { old, new: next }),
  presence: (away: boolean) => call<void>("PUT", "presence", { away }),
  agents: () => call<C.Agent[]>("GET", "agents"),
  createAgent: (account: { login: string; name: string; role: C.Role; password: string }) =>
    call<C.Agent>("POST", "agents", account),
  changeAgent: (id: string, change: AccountChange) =>
    call<C.Agent>("PATCH", `agents/${one(id)}`, change),

  queue: () => call<C.Queue>("GET", "queue"),
  conversation: (id: string, after = 0) =>
    call<C.Conversation>("GET", `${talk(id)}?${query({ after })}`),
  earlier: (id: string, before: number) =>
    call<C.Conversation>("GET", `${talk(id)}?${query({ before })}`),
  claim: (id: string, version: number) => call<C.Item>("POST", `${talk(id)}/claim`, { version }),
  transfer: (id: string, version: number, to: string) =>
    call<C.Item>("POST", `${talk(id)}/transfer`, { version, to }),
  /** `done`: what was open is done, and the bot need not ask for it again. */
  handBack: (id: string, version: number, recap: string, done: boolean) =>
    call<C.Item>("POST", `${talk(id)}/hand-back`, { version, recap, done }),
  close: (id: string, version: number, outcome: string) =>
    call<C.Item>("POST", `${talk(id)}/close`, { version, outcome }),
  say: (id: string, text: string, client_message_id: string) =>
    call<C.Line>("POST", `${talk(id)}/messages`, { text, client_message_id }),
  typing: (id: string) => call<void>("POST", `${talk(id)}/typing`),
  read: (id: string, message_id: number) => call<void>("POST", `${talk(id)}/read`, { message_id }),
  note: (id: string, text: string) => call<C.Note>("POST", `${talk(id)}/notes`, { text }),
  suggestions: (id: string, q: string) =>
    call<C.Suggestion[]>("GET", `${talk(id)}/suggestions?${query({ q })}`),

  canned: (q: string) => call<C.Canned[]>("GET", `canned?${query({ q })}`),
  createCanned: (one: Omit<C.Canned, "id">) => call<C.Canned>("POST", "canned", one),
  changeCanned: ({ id, ...rest }: C.Canned) => call<C.Canned>("PATCH", `canned/${id}`, rest),
  deleteCanned: (id: number) => call<void>("DELETE", `canned/${id}`),

  tickets: (wanted: { status?: string; kind?: string; q?: string; assignee?: string; page: number }) =>
    call<{ tickets: C.Ticket[]; page: number; more: boolean }>("GET", `tickets?${query(wanted)}`),
  ticket: (no: string) => call<C.Ticket>("GET", `tickets/${one(no)}`),
  createTicket: (ticket: NewTicket, key: string) => write<C.Ticket>("POST", "tickets", key, ticket),
  changeTicket: (no: string, change: TicketChange, key: string) =>
    write<C.Ticket & { told?: boolean }>("PATCH", `tickets/${one(no)}`, key, change),
  comment: (no: string, text: string, key: string) =>
    write<unknown>("POST", `tickets/${one(no)}/comments`, key, { text }),

  products: (q: string) =>
    call<{ products: C.Product[] }>("GET", `products?${query({ q, limit: 8 })}`),
  createOrder: (order: NewOrder, key: string) => write<C.Order>("POST", "orders", key, order),
  changeOrder: (no: string, change: Partial<NewOrder>, key: string) =>
    write<C.Order>("PATCH", `orders/${one(no)}`, key, change),
  cancelOrder: (no: string, key: string) => write<C.Order>("POST", `orders/${one(no)}/cancel`, key),
  branches: (service: string) =>
    call<{ branches: C.Branch[] }>("GET", `branches?${query({ service })}`),
  services: () => call<{ services: C.Service[] }>("GET", "services"),
  slots: (service: string, branch: string, from: string, to: string) =>
    call<{ slots: C.Slot[] }>("GET", `slots?${query({ service, branch, from, to })}`),
  createAppointment: (wish: NewAppointment, key: string) =>
    write<C.Appointment>("POST", "appointments", key, wish),
  changeAppointment: (no: string, change: { start?: string; branch?: string }, key: string) =>
    write<C.Appointment>("PATCH", `appointments/${one(no)}`, key, change),
  cancelAppointment: (no: string, key: string) =>
    write<C.Appointment>("POST", `appointments/${one(no)}/cancel`, key),

  audit: (page: number) =>
    call<{ entries: C.AuditEntry[]; page: number; more: boolean }>("GET", `audit?${query({ page })}`),
  metrics: (days: number) => call<C.Metrics>("GET", `metrics?${query({ days })}`),
};
