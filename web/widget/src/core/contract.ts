/** The chat contract of the desk, as it travels. */

export type Status = "bot" | "waiting" | "human" | "closed" | "failed";
export type Author = "bot" | "agent" | "system" | "customer";

export interface Button {
  title: string;
  payload: string;
}

export interface Message {
  /** Grows within a conversation. */
  id: number;
  from: Author;
  text?: string;
  buttons?: Button[];
  image?: string;
  /** ISO 8601 with offset. */
  at: string;
  /** The person who wrote it. */
  agent?: string;
  /** The id that the customer's own message was sent with. */
  client_message_id?: string;
}

/** Who has the conversation, as the customer may know it. */
export interface Owner {
  status: Status;
  /** The person's name. */
  agent?: string;
  /** The place among those who wait; 1 is next. */
  position?: number;
  wait_minutes?: number;
}

export interface Reply {
  status: Status;
  messages: Message[];
}

export interface Session {
  session_id: string;
  token: string;
  expires_at: string;
}

export type Language = "zh" | "en";

/** Something to press: sends its payload, or where it has none, its title as words. */
export type Choice = { title: string; payload?: string };

/** What the page shows before anyone has spoken, in the languages that the shop speaks. */
export interface Shop {
  name: Partial<Record<Language, string>>;
  languages: Language[];
  greeting: Partial<Record<Language, string>>;
  quick_replies: Partial<Record<Language, string[]>>;
  hotline?: string;
}

/** Words typed by the customer, or the payload of a button with the title that they saw. */
export type Outgoing = { text: string } | { payload: string; title: string };
