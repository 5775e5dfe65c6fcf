/** The desk's door to the knowledge service. */
import { call } from "../../shared/http";

export interface Content {
  category: string;
  question_zh: string;
  answer_zh: string;
  question_en: string;
  answer_en: string;
  alt_questions: string[];
  /** A topic of the bank; empty: the best one by itself; "-": none. */
  topic: string;
  branches: string[];
  products: string[];
  valid_from: string | null;
  valid_until: string | null;
}
export interface Entry extends Content {
  id: string;
  version: number;
  withdrawn: boolean;
  updated_at: string;
  updated_by: string;
}
export interface Hit {
  id: string;
  question: string;
  answer: string;
  lang: string;
  score: number;
}
export interface Topic {
  topic: string;
  about: string;
  phrasings: number;
  examples: string[];
  certainty: number;
  automatic: boolean;
}
export interface Change {
  version: number;
  action: "created" | "edited" | "withdrawn" | "restored";
  by: string;
  at: string;
  content: Content;
}
export interface Said {
  id: string;
  question: string;
  answer: string;
}
export interface Report {
  questions: number;
  asked: number;
  /** Other entries that have one of its questions already. */
  conflicts: { id: string; question: string; contradicts: boolean }[];
  differences: { question: string; asked: number; before: Said | null; after: Said | null }[];
}
export interface Gap {
  question: string;
  count: number;
  conversations: number;
  persons: number;
  /** Conversations with an order or a booking open; `lost`: those that came to none afterwards. */
  open: number;
  lost: number | null;
  last_at: string;
  examples: { question: string; count: number }[];
  wordings: number;
  ids: number[];
  lang: string;
  topic: { topic: string; about: string; phrasings: number } | null;
  nearest: { id: string; score: number; question: string }[];
}
export interface Gaps {
  asked: number;
  unanswered: number;
  gaps: Gap[];
  doubtful: {
    id: string;
    question: string;
    count: number;
    unhelpful: number;
    again: number;
    persons: number;
    examples: string[];
  }[];
}
export interface Share {
  asked: number;
  answered: number;
  share: number | null;
}
export interface Coverage extends Share {
  by_category: (Share & { category: string })[];
}
export interface Bilingual {
  en: string;
  zh: string;
}
export interface Problem {
  file: string;
  row: number | null;
  column: string | null;
  what: Bilingual;
  right: Bilingual;
}
/** Braces in an answer that are no placeholder, or name what does not exist. */
export interface Mistake {
  column: "answer_zh" | "answer_en";
  found: string;
  what: Bilingual;
  right: Bilingual;
}
export interface Filled {
  text: string;
  missing: string[];
}
export interface Preview {
  answer_zh: Filled;
  answer_en: Filled;
  mistakes: Mistake[];
}
/** A live figure that an answer may hold. `name`: whose; `figure`: which; `now`: what it says. */
export interface Figure {
  placeholder: string;
  name: string;
  figure: string;
  now: string;
}
export interface Taken {
  created: string[];
  changed: string[];
  unchanged: string[];
  warnings: Problem[];
}

/** For what reads or asks a great deal. */
const LONG = { timeout: 600_000 };
const at = (id: string): string => `api/entries/${encodeURIComponent(id)}`;
const by = (): string => encodeURIComponent(keeper());

/** Who is at the page, as the history names them. */
export function keeper(): string {
  return localStorage.getItem("keeper")?.trim() || "shop";
}

export const api = {
  session: () => call<{ signed_in: boolean }>("GET", "session"),
  signIn: (password: string) => call<void>("POST", "session", { password }),
  signOut: () => call<void>("DELETE", "session"),
  changePassword: (password: string, next: string) =>
    call<void>("POST", "session/password", { password, new: next }),
  search: (q: string, lang: string) =>
    call<{ hits: Hit[]; answerable: boolean }>(
      "GET",
      `api/search?limit=3&lang=${lang}&q=${encodeURIComponent(q)}`,
    ),
  entries: (withdrawn: boolean, offset: number) =>
    call<{ entries: Entry[]; total: number }>(
      "GET",
      `api/entries?limit=500&offset=${offset}&withdrawn=${withdrawn}`,
    ),
  entry: (id: string) => call<Entry>("GET", at(id)),
  create: (content: Content) => call<Entry>("POST", "api/entries", { ...content, by: keeper() }),
  change: (id: string, content: Content, version: number) =>
    call<Entry>("PATCH", at(id), { ...content, version, by: keeper() }),
  withdraw: (id: string) => call<void>("DELETE", `${at(id)}?by=${by()}`),
  restore: (id: string, version?: number) =>
    call<Entry>("POST", `${at(id)}/restore?by=${by()}${version ? `&version=${version}` : ""}`),
  history: (id: string) => call<{ changes: Change[] }>("GET", `${at(id)}/history`),
  topics: (content: Content) => call<{ topics: Topic[] }>("POST", "api/topics/propose", content),
  replay: (id: string | null, content: Content | null) =>
    call<Report>("POST", "api/replay", { id, content }, LONG),
  preview: (answer_zh: string, answer_en: string) =>
    call<Preview>("POST", "api/preview", { answer_zh, answer_en }),
  figures: (q: string, lang: string) =>
    call<{ placeholders: Figure[] }>(
      "GET",
      `api/placeholders?lang=${lang}&q=${encodeURIComponent(q)}`,
    ),
  gaps: (days: number) => call<Gaps>("GET", `api/gaps?days=${days}`),
  coverage: (days: number) => call<Coverage>("GET", `api/coverage?days=${days}`),
  settle: (ids: number[], what: object) =>
    call<{ entry: Entry | null }>("POST", "api/gaps/settle", { ids, by: keeper(), ...what }),
  take: (file: Blob, name: string, tryOnly: boolean) =>
    call<Taken>(
      "POST",
      `api/import?name=${encodeURIComponent(name)}&try_only=${tryOnly}&by=${by()}`,
      file,
      LONG,
    ),
};
