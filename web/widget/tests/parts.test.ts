import { describe, expect, it } from "vitest";
import { Desk, DeskError } from "../src/core/api";
import { readEvents, type ServerEvent } from "../../shared/events";
import { chooseLanguage, strings } from "../src/core/i18n";
import { Store } from "../src/core/store";
import { Transcript } from "../src/core/transcript";
import { bubble } from "../src/view/bubble";
import { contrast, luminance, palette } from "../src/view/color";
import { FakeDesk, memory } from "./fake";

describe("the desk's client", () => {
  it.each([
    [401, "expired"],
    [404, "refused"],
    [413, "too_long"],
    [422, "refused"],
    [429, "limited"],
    [500, "broken"],
    [503, "broken"],
  ])("calls %i %s", async (status, failure) => {
    const desk = new Desk("http://desk.test", () => Promise.resolve(new Response("{}", { status })));
    await expect(desk.shop()).rejects.toMatchObject({ failure });
  });

  it("takes half an answer for a lost connection", async () => {
    const desk = new Desk("http://desk.test", () => Promise.resolve(new Response('{"messages": [')));
    await expect(desk.transcript("t")).rejects.toEqual(new DeskError("offline"));
  });

  it("sends the payload of a button and not its title", async () => {
    const fake = new FakeDesk();
    await new Desk("http://desk.test", fake.fetch).send("t", "id", { payload: "b_1", title: "Yes" });
    expect(fake.sent).toEqual([{ payload: "b_1", client_message_id: "id" }]);
    expect(fake.requests[0]?.init.headers).toMatchObject({ Authorization: "Bearer t" });
  });
});

describe("the event stream", () => {
  async function read(...pieces: string[]): Promise<ServerEvent[]> {
    const bytes = pieces.map((piece) => new TextEncoder().encode(piece));
    const events: ServerEvent[] = [];
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of bytes) controller.enqueue(piece);
        controller.close();
      },
    });
    for await (const event of readEvents(stream)) events.push(event);
    return events;
  }

  it("reads events across pieces, line ends and comments", async () => {
    expect(await read(": ping\r\n\r", "\nid: 7\r\nevent: mes", "sage\r\ndata: {\r\ndata:}\r", "\n\r\n")).toEqual([
      { id: "7", event: "message", data: "{\n}" },
    ]);
  });

  it("remembers the last id and drops what was cut off", async () => {
    expect(await read("id: 1\ndata: a\n\ndata: b\n\ndata: c\n")).toEqual([
      { id: "1", event: "message", data: "a" },
      { id: "1", event: "message", data: "b" },
    ]);
  });

  it("reads characters that are cut in the middle", async () => {
    const whole = new TextEncoder().encode("data: 夜班\n\n");
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of whole) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    for await (const event of readEvents(stream)) expect(event.data).toBe("夜班");
    expect.assertions(1);
  });
});

describe("the store", () => {
  const session = { session_id: "s", token: "t", expires_at: "2026-11-30T00:00:00+08:00" };

  it("knows when a session is over", () => {
    const store = new Store("t", memory());
    expect(store.session()).toBeUndefined();
    store.keepSession(session);
    expect(store.session(Date.parse("2026-11-29T15:59:59Z"))).toEqual(session);
    expect(store.session(Date.parse("2026-11-29T16:00:00Z"))).toBe("expired");
  });

  it("works where storage is forbidden, as long as the page lives", () => {
    const forbidden = { getItem: () => { throw new Error(); }, setItem: () => { throw new Error(); } };
    const store = new Store("t", forbidden as unknown as Storage);
    store.keepDraft("words");
    expect(store.draft()).toBe("words");
    store.keepDraft("");
    expect(store.draft()).toBe("");
  });
});

describe("the transcript", () => {
  const at = "2026-11-23T03:00:00+08:00";

  it("keeps a question open until the customer has spoken", () => {
    const transcript = new Transcript();
    const question = transcript.receive({ id: 1, from: "bot", at, buttons: [{ title: "Yes", payload: "b" }] })!;
    transcript.receive({ id: 2, from: "system", at, text: "note" });
    expect(transcript.isOpen(question)).toBe(true);
    transcript.say({ id: "c", at, text: "no" });
    expect(transcript.isOpen(question)).toBe(false);
  });

  it("counts as unread what the desk said after what was seen", () => {
    const transcript = new Transcript();
    transcript.receive({ id: 1, from: "bot", at });
    transcript.receive({ id: 2, from: "customer", at, client_message_id: "9" });
    transcript.receive({ id: 3, from: "agent", at, client_message_id: "7c1d" });
    expect(transcript.unread(0)).toEqual([1, 3]);
    expect(transcript.unread(1)).toEqual([3]);
  });

  it("knows its own message by its client id and by the desk's", () => {
    const transcript = new Transcript();
    transcript.say({ id: "c", at, text: "hi" });
    expect(transcript.receive({ id: 1, from: "customer", at, text: "hi", client_message_id: "c" })).toBeUndefined();
    expect(transcript.receive({ id: 1, from: "customer", at, text: "hi" })).toBeUndefined();
    expect(transcript.entries).toHaveLength(1);
  });
});

describe("what is drawn", () => {
  const entry = { key: "1", from: "bot" as const, text: '<img src=x onerror="x">', buttons: [], at: "", delivery: "done" as const };

  const origin = "https://desk.test";

  it("shows markup as text", () => {
    expect(bubble(entry, true, strings.en, origin)).not.toContain("<img");
  });

  it("links the calendar file of the desk and nothing else", () => {
    const text = "http://127.0.0.1:8080/chat/appointments/AP7K.ics?token=a-b_c http://evil.test/x";
    const said = { ...entry, from: "bot" as const, text };
    const link = '<a href="https://desk.test/chat/appointments/AP7K.ics?token=a-b_c">AP7K.ics</a>';
    expect(bubble(said, true, strings.en, origin)).toContain(`${link} http://evil.test/x`);
    expect(bubble({ ...said, from: "customer" as const }, true, strings.en, origin)).not.toContain("<a");
  });

  it("shows no picture of a strange scheme", () => {
    expect(bubble({ ...entry, image: "javascript:x" }, true, strings.en, origin)).not.toContain("nd-image");
    expect(bubble({ ...entry, image: "/media/a.png" }, true, strings.en, origin)).toContain(
      'src="https://desk.test/media/a.png"',
    );
  });

  it("stays readable in any colour of a shop", () => {
    const parse = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    const steps = ["00", "33", "66", "99", "cc", "ff"];
    for (const red of steps) for (const green of steps) for (const blue of steps) {
      const colors = palette(`#${red}${green}${blue}`);
      const pairs: [string, string][] = [
        [colors["--nd-on-chosen"]!, colors["--nd-chosen"]!],
        [colors["--nd-chosen-text"]!, "#f8f3ea"],
        [colors["--nd-chosen-text-dark"]!, "#1f2038"],
      ];
      for (const [text, ground] of pairs) {
        expect(contrast(luminance(parse(text)), luminance(parse(ground)))).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it("ignores a colour that is none", () => {
    expect(palette("red; background: url(x)")).toEqual({});
  });

  it("says every sentence in both languages", () => {
    expect(Object.keys(strings.en)).toEqual(Object.keys(strings.zh));
    expect(chooseLanguage([undefined, "fr-FR", "en-US"])).toBe("en");
    expect(chooseLanguage(["en"], ["zh"])).toBe("zh");
  });
});
