import { afterEach, describe, expect, it, vi } from "vitest";
import type { Conversation } from "../src/core/conversation";
import { Store } from "../src/core/store";
import { FakeDesk, memory, texts } from "./fake";

const refused = (status: number, headers = {}) => () => new Response("{}", { status, headers });
const lost = () => new TypeError("network");

let open: Conversation[] = [];
afterEach(() => {
  for (const conversation of open) conversation.dispose();
  open = [];
});

function begin(desk: FakeDesk, storage = memory()): Conversation {
  const conversation = desk.conversation(new Store("t", storage));
  open.push(conversation);
  return conversation;
}

const idle = (conversation: Conversation) => vi.waitFor(() => expect(conversation.typing).toBe(false));

describe("sending", () => {
  it("opens a session with the first message and shows the answer", async () => {
    const desk = new FakeDesk();
    const conversation = begin(desk);
    await conversation.load();
    expect(desk.sessions).toBe(0);
    conversation.say({ text: "hi" });
    await idle(conversation);
    expect(texts(conversation)).toEqual(["customer: hi", "bot: re: hi"]);
    expect(desk.sessions).toBe(1);
  });

  it("repeats a lost message under the same id", async () => {
    const desk = new FakeDesk();
    desk.script = [lost, refused(503)];
    const conversation = begin(desk);
    conversation.say({ text: "hi" });
    await idle(conversation);
    expect(desk.sent).toHaveLength(3);
    expect(new Set(desk.sent.map((sent) => sent.client_message_id)).size).toBe(1);
    expect(conversation.transcript.entries[0]?.delivery).toBe("done");
  });

  it("keeps what failed, in order, and sends it again when asked", async () => {
    const desk = new FakeDesk();
    desk.script = [lost, lost, lost];
    const store = new Store("t", memory());
    const conversation = desk.conversation(store);
    open.push(conversation);
    conversation.say({ text: "one" });
    conversation.say({ text: "two" });
    await idle(conversation);
    expect(conversation.transcript.entries.map(({ delivery }) => delivery)).toEqual(["failed", "failed"]);
    expect(store.outbox()).toHaveLength(2);
    conversation.retry();
    await idle(conversation);
    expect(desk.sent.slice(3).map(({ text }) => text)).toEqual(["one", "two"]);
    expect(store.outbox()).toEqual([]);
  });

  it("sends after a reload what was not answered before it", async () => {
    const desk = new FakeDesk();
    const storage = memory();
    desk.script = [lost, lost, lost];
    const before = begin(desk, storage);
    before.say({ text: "hi" });
    await idle(before);
    before.dispose();
    const after = begin(desk, storage);
    await after.load();
    await idle(after);
    expect(texts(after)).toEqual(["customer: hi", "bot: re: hi"]);
    expect(new Set(desk.sent.map((sent) => sent.client_message_id)).size).toBe(1);
  });

  it("does not repeat what the desk will not take, and goes on with the next", async () => {
    const desk = new FakeDesk();
    desk.script = [refused(413)];
    const conversation = begin(desk);
    conversation.say({ text: "long" });
    conversation.say({ text: "short" });
    await idle(conversation);
    expect(desk.sent.map(({ text }) => text)).toEqual(["long", "short"]);
    expect(conversation.transcript.entries[0]).toMatchObject({ delivery: "refused", failure: "too_long" });
  });

  it("does not hurry a desk that asks for a long pause", async () => {
    const desk = new FakeDesk();
    desk.script = [refused(429, { "Retry-After": "60" })];
    const conversation = begin(desk);
    conversation.say({ text: "hi" });
    await idle(conversation);
    expect(desk.sent).toHaveLength(1);
    expect(conversation.transcript.entries[0]).toMatchObject({ delivery: "failed", failure: "limited" });
  });
});

describe("an expired session", () => {
  it("is said once, and a button's payload becomes its words", async () => {
    const desk = new FakeDesk();
    const conversation = begin(desk);
    conversation.say({ text: "hi" });
    await idle(conversation);
    desk.expired = true;
    conversation.say({ payload: "b_1", title: "Yes" });
    await idle(conversation);
    expect(desk.sent.at(-1)).toMatchObject({ text: "Yes" });
    expect(conversation.transcript.entries.filter(({ from }) => from === "notice")).toHaveLength(1);
    expect(desk.sessions).toBe(2);
  });

  it("is noticed when the page is opened again", async () => {
    const desk = new FakeDesk();
    const storage = memory();
    const before = begin(desk, storage);
    before.say({ text: "hi" });
    await idle(before);
    desk.expired = true;
    const after = begin(desk, storage);
    await after.load();
    expect(texts(after)).toEqual(["notice: "]);
    expect(after.hasSession).toBe(false);
  });
});

describe("what arrives later", () => {
  it("is shown once, whichever way it comes", async () => {
    const desk = new FakeDesk();
    const conversation = begin(desk);
    conversation.say({ text: "hi" });
    await idle(conversation);
    const late = desk.line({ text: "later", from: "agent" });
    for (const line of [...desk.lines, late, late]) {
      desk.push(`event: message\nid: ${line.id}\ndata: ${JSON.stringify(line)}\n\n`);
    }
    await vi.waitFor(() => expect(texts(conversation)).toContain("agent: later"));
    expect(texts(conversation)).toEqual(["customer: hi", "bot: re: hi", "agent: later"]);
  });

  it("is not called unsent when only the answer was lost", async () => {
    const desk = new FakeDesk();
    const conversation = begin(desk);
    conversation.say({ text: "first" });
    await idle(conversation);
    const lose = (sent: { client_message_id: string }) => {
      const kept = desk.line({ from: "customer", text: "hi", client_message_id: sent.client_message_id });
      desk.push(`id: ${kept.id}\ndata: ${JSON.stringify(kept)}\n\n`);
      return lost();
    };
    desk.script = [lose, lost, lost];
    conversation.say({ text: "hi" });
    await idle(conversation);
    await vi.waitFor(() => expect(conversation.transcript.entries.at(-1)?.kept).toBe(true));
    expect(conversation.transcript.entries.at(-1)?.delivery).toBe("done");
  });
});

describe("people", () => {
  const status = (owner: object) => `event: status\ndata: ${JSON.stringify(owner)}\n\n`;

  async function served(): Promise<{ desk: FakeDesk; conversation: Conversation; storage: Storage }> {
    const desk = new FakeDesk();
    const storage = memory();
    const conversation = begin(desk, storage);
    conversation.say({ text: "hi" });
    await idle(conversation);
    desk.push(status({ status: "human", agent: "Li" }));
    desk.push(`id: 9\ndata: ${JSON.stringify(desk.line({ id: 9, from: "agent", agent: "Li", text: "yes?" }))}\n\n`);
    await vi.waitFor(() => expect(texts(conversation)).toContain("agent: yes?"));
    return { desk, conversation, storage };
  }

  it("forgets who it was when a bare status says that it is another", async () => {
    const { desk, conversation } = await served();
    expect(conversation.people.owner).toEqual({ status: "human", agent: "Li" });
    conversation.say({ text: "thanks" }); // answered by the bot, says the reply
    await idle(conversation);
    expect(conversation.people.owner).toEqual({ status: "bot" });
    expect(desk.sent).toHaveLength(2);
  });

  it("asks for a rating after the end, once, and after a reload too", async () => {
    const { desk, conversation, storage } = await served();
    expect(conversation.people.toRate).toBeUndefined();
    desk.push(status({ status: "bot" }));
    await vi.waitFor(() => expect(conversation.people.toRate?.agent).toBe("Li"));
    desk.lines.push(desk.line({ id: 9, from: "agent", agent: "Li", text: "yes?" }));
    const again = begin(desk, storage);
    await again.load();
    expect(again.people.toRate?.agent).toBe("Li");
    again.people.leaveUnrated();
    expect(again.people.toRate).toBeUndefined();
    expect(conversation.people.toRate).toBeUndefined();
  });

  it("tells of typing and reading to a person only, and not of every key", async () => {
    const { desk, conversation } = await served();
    const told = (path: string) => desk.requests.filter((request) => request.path === path).length;
    for (let key = 0; key < 5; key++) conversation.people.tellTyping();
    conversation.people.tellRead();
    conversation.people.tellRead();
    expect([told("/chat/typing"), told("/chat/read")]).toEqual([1, 1]);
    desk.push(status({ status: "bot" }));
    await vi.waitFor(() => expect(conversation.status).toBe("bot"));
    conversation.people.tellTyping(Date.now() + 60_000);
    expect(told("/chat/typing")).toBe(1);
  });

  it("marks as read the customer's last message that was, and no other", () => {
    const transcript = begin(new FakeDesk()).transcript;
    const at = "2026-11-23T03:00:00+08:00";
    for (const id of [1, 2, 4]) transcript.receive({ id, from: "customer", at, client_message_id: `c${id}` });
    transcript.receive({ id: 3, from: "agent", at });
    transcript.readUpTo(1);
    transcript.readUpTo(3);
    expect(transcript.entries.map(({ read }) => Boolean(read))).toEqual([false, true, false, false]);
  });
});
