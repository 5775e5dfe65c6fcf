/** The console's HTTP contract (docs/handoff.md), as it travels. Times are ISO 8601 with offset. */

export type State = "bot" | "waiting" | "human" | "closed";
export type Priority = "low" | "normal" | "high" | "urgent";
export type Role = "agent" | "supervisor" | "admin";
export type Side = "customer" | "agent";
export type Bilingual = { zh?: string; en?: string };

export interface Person {
  id: string;
  name: string;
}
export interface Me extends Person {
  login: string;
  role: Role;
  away: boolean;
}
export interface Agent extends Me {
  active: boolean;
  present: boolean;
  /** Conversations that they have now. */
  open: number;
}
export interface Shop {
  name: Bilingual;
  timezone: string;
  hours_open: boolean;
  next_opening: string | null;
}
export interface Session {
  agent: Me;
  shop: Shop;
  now?: string;
  version: string;
}

/** A conversation as the queue shows it. */
export interface Item {
  id: string;
  state: State;
  version: number;
  channel: string;
  language: string | null;
  agent: Person | null;
  reason: string | null;
  priority: Priority | null;
  since: string;
  due_at: string | null;
  ticket_no: string | null;
  callback: boolean;
  last: { from: Author; text: string; at: string } | null;
  unread: number;
  customer: { name?: string | null; phone_masked?: string | null };
}
export type Group = "waiting" | "mine" | "others" | "callbacks" | "bot";
/** `counts`: all there are, of which the lists hold the first. */
export type Queue = Record<Group, Item[]> & {
  now?: string;
  counts?: Partial<Record<Group, number>>;
};

export type Author = "customer" | "bot" | "agent" | "system";
export interface Line {
  /** Grows within a conversation. */
  id: number;
  from: Author;
  text?: string;
  buttons?: { title: string }[];
  image?: string;
  agent?: string;
  at: string;
  client_message_id?: string;
}

/** What the bot understood of one line, as far as it said so. */
export interface Turn {
  message_id: number;
  intent?: string;
  confidence?: number;
  language?: string;
  entities?: { entity: string; value: unknown }[];
  ranking?: [string, number][];
  action?: string;
  understood?: boolean;
  backend_failed?: boolean;
  stop_fault?: boolean;
}
export interface CartLine {
  sku: string;
  name?: string;
  quantity: number;
  price?: string;
}
export interface BotFacts {
  task?: ({ kind: string } & Record<string, unknown>) | null;
  aside?: string[];
  question?: string | null;
  cart?: CartLine[];
  order_total?: string | null;
  customer?: { name?: string | null; phone?: string | null; address?: string | null };
}
export interface Transition {
  id: number;
  at: string;
  from: State;
  to: State;
  cause: string;
  agent: Person | null;
  details: Record<string, unknown>;
}
export interface Note {
  id: number;
  agent: string;
  text: string;
  at: string;
}
export interface Order {
  order_no: string;
  status: "placed" | "paid" | "shipped" | "delivered" | "cancelled";
  customer: { name: string; phone: string };
  address: string;
  note: string;
  items: { sku: string; name: string; name_en: string; unit: string; quantity: number; price: string }[];
  total: string;
  currency: string;
  carrier: string;
  tracking_no: string;
  created_at: string;
}
export interface Appointment {
  appointment_no: string;
  status: "booked" | "cancelled";
  service: string;
  service_name_zh: string;
  service_name_en: string;
  branch: string;
  branch_name_zh: string;
  branch_name_en: string;
  start: string;
  end: string;
  customer: { name: string; phone: string };
  note: string;
}
export type TicketStatus = "open" | "in_progress" | "resolved" | "closed";
export type TicketKind = "complaint" | "fault" | "handoff" | "callback" | "system";
export interface Ticket {
  ticket_no: string;
  kind: TicketKind;
  subject: string;
  description: string;
  priority: Priority;
  status: TicketStatus;
  customer: { name: string | null; phone: string | null; email: string | null };
  order_no: string | null;
  conversation_id: string;
  /** The login of an account. */
  assignee: string | null;
  outcome?: string | null;
  due_at: string | null;
  created_at: string;
  updated_at: string;
  comments?: { id: number; author: string; text: string; internal: boolean; created_at: string }[];
  events?: { field: string; old: string; new: string; by: string | null; at: string }[];
}
/** What a backend says of this customer, or that it does not answer. */
export type Kept<T> = T[] | { error: string };

export interface Conversation {
  item: Item;
  lines: Line[];
  /** There are older lines than these. */
  more?: boolean;
  reads: Partial<Record<Side, number>>;
  turns: Turn[];
  transitions: Transition[];
  notes: Note[];
  bot: BotFacts;
  orders: Kept<Order>;
  appointments: Kept<Appointment>;
  tickets: Kept<Ticket>;
  /** Of each person who served, newest first. */
  ratings: { score: number; reason: string; at: string; agent: string }[];
}

export interface Canned {
  id: number;
  title: string;
  text_zh: string;
  text_en: string;
}
export interface Suggestion {
  id: string;
  question: string;
  answer: string;
  score: number;
  answerable: boolean;
}
export interface Product {
  sku: string;
  name_zh: string;
  name_en: string;
  unit: string;
  price: string;
  currency: string;
  stock: number;
}
export interface Branch {
  code: string;
  name_zh: string;
  name_en: string;
}
export interface Service extends Branch {
  duration_min: number;
  branches: string[];
}
export interface Slot {
  start: string;
  end: string;
  free: number;
}
export interface AuditEntry {
  id: number;
  at: string;
  agent: Person | null;
  action: string;
  subject: string;
  details: Record<string, unknown>;
}
export interface Metrics {
  waiting_s: { median: number | null; p90: number | null };
  first_reply_s: { median: number | null; p90: number | null } | number | null;
  handling_s: { median: number | null; p90: number | null } | number | null;
  reasons: Record<string, number>;
  escalated: number;
  served: number;
  unserved: number;
  handed_back: number;
  solved: number;
  rating_mean: number | null;
  withdrawn?: number;
  precision_by_reason: Record<string, number | null>;
}
