import type { DeepChat } from "deep-chat";
import "deep-chat";
import type { Conversation } from "../core/conversation";
import type { Choice, Language } from "../core/contract";
import { type Strings, strings } from "../core/i18n";
import type { Entry } from "../core/transcript";
import { bubble } from "./bubble";
import deepChatCss from "./deepchat.css?inline";
import { icons } from "./icons";

const GREETING = "greeting";
const SEND = ".input-button";

/** The messages and the input, drawn by deep-chat. */
export class MessageList {
  private readonly chat: DeepChat;
  private readonly words: Strings;
  private readonly typing = document.createElement("div");
  /** deep-chat's list of messages; it makes a new one whenever it draws itself anew. */
  private drawn: HTMLElement | undefined;

  /** Kept for when deep-chat draws itself anew, just after it began. */
  private focusWanted = false;
  /** The customer is in the input: what draws it anew must not take them out of it. */
  writing = false;

  constructor(
    place: HTMLElement,
    private readonly conversation: Conversation,
    private readonly language: Language,
  ) {
    this.words = strings[language];
    this.typing.className = "nd-typing";
    this.typing.innerHTML = `<span class="nd-unseen"></span><i></i><i></i><i></i>`;
    this.chat = this.configured();
    this.chat.shadowRoot!.addEventListener("keydown", (event) => this.onKey(event as KeyboardEvent), true);
    this.chat.shadowRoot!.addEventListener("click", (event) => this.onClick(event), true);
    this.chat.shadowRoot!.addEventListener("input", () => this.onTyped());
    this.chat.shadowRoot!.addEventListener("focusin", () => (this.writing = this.inInput()));
    this.chat.shadowRoot!.addEventListener("focusout", ({ target }) =>
      // Left by the customer, and not because it is being drawn anew.
      queueMicrotask(() => (this.writing &&= !(target as Element).isConnected || this.inInput())),
    );
    place.append(this.chat);
  }

  /** To the input; on a phone to the messages, because its keyboard would cover them. */
  focus(): void {
    this.focusWanted = true;
    if (matchMedia("(pointer: coarse)").matches) this.drawn?.focus();
    else this.input?.focus();
  }

  add(entry: Entry): void {
    if (!this.drawn) return; // drawn with all others when deep-chat is there
    if (entry.from === "customer") for (const other of this.shown()) this.refresh(other);
    this.append(entry);
    this.keepTypingLast();
    this.scrollDown();
  }

  refresh(entry: Entry): void {
    const shown = this.element(entry.key);
    if (!shown) return;
    const fresh = document.createRange().createContextualFragment(this.html(entry));
    if (fresh.firstElementChild?.outerHTML === shown.outerHTML) return;
    shown.replaceWith(fresh);
  }

  /** `label`: who is typing, for those who hear the page. */
  showTyping(typing: boolean, label: string): void {
    if (!this.drawn || typing === this.typing.isConnected) return;
    this.typing.firstElementChild!.textContent = label;
    if (typing) {
      this.drawn?.append(this.typing);
      this.scrollDown();
    } else this.typing.remove();
  }

  private configured(): DeepChat {
    const chat = document.createElement("deep-chat");
    // An inline font: without it deep-chat fetches one from another host.
    chat.style.fontFamily = "var(--nd-font)";
    Object.assign(chat.style, { width: "100%", height: "100%", border: "0", background: "transparent" });
    chat.auxiliaryStyle = deepChatCss;
    chat.textInput = { placeholder: { text: this.words.input } };
    chat.defaultInput = { text: this.conversation.store.draft() };
    chat.submitButtonStyles = {
      position: "inside-end",
      submit: { svg: { content: icons.send } },
      disabled: { svg: { content: icons.send } },
    };
    chat.errorMessages = { overrides: { default: this.words.failures.broken } };
    chat.connect = { handler: () => undefined }; // it is never asked to send
    // deep-chat may draw itself twice and tells of the first time only.
    const container = chat.shadowRoot!.querySelector("#container")!;
    new MutationObserver(() => this.onRender()).observe(container, { childList: true });
    return chat;
  }

  private onRender(): void {
    const messages = this.root.querySelector<HTMLElement>("#messages");
    if (!messages || messages === this.drawn) return;
    this.drawn = messages;
    messages.setAttribute("role", "log");
    messages.setAttribute("aria-label", this.words.messages);
    messages.setAttribute("aria-live", "off"); // what was said before is not news
    messages.tabIndex = 0;
    this.input?.setAttribute("role", "textbox");
    this.input?.setAttribute("aria-multiline", "true");
    this.root.querySelector(SEND)?.setAttribute("aria-label", this.words.send);
    for (const entry of this.shown()) this.append(entry);
    this.showTyping(this.conversation.typing, this.words.typing);
    this.scrollDown();
    if (this.writing) this.input?.focus();
    else if (this.focusWanted) this.focus();
    requestAnimationFrame(() => {
      messages.setAttribute("aria-live", "polite");
      this.bringBack();
    });
  }

  /** The shop's greeting stands above all that was said; its buttons open the conversation. */
  private shown(): Entry[] {
    const { shop, transcript } = this.conversation;
    if (!shop) return transcript.entries;
    const text = shop.greeting[this.language] ?? this.words.greetingFallback;
    return [
      { key: GREETING, from: "bot", text, buttons: this.firstWords(), at: "", delivery: "done" },
      ...transcript.entries,
    ];
  }

  private firstWords(): Choice[] {
    return (this.conversation.shop?.quick_replies[this.language] ?? []).map((title) => ({ title }));
  }

  private append(entry: Entry): void {
    const role = entry.from === "customer" ? "user" : "ai";
    this.chat.addMessage({ role, html: this.html(entry) });
  }

  private html(entry: Entry): string {
    return bubble(entry, this.isOpen(entry), this.words, this.conversation.desk.origin);
  }

  private isOpen(entry: Entry): boolean {
    const { entries } = this.conversation.transcript;
    if (entry.key === GREETING) return !entries.some(({ from }) => from === "customer");
    return this.conversation.transcript.isOpen(entry);
  }

  /**
   * The customer's words go to the conversation and not through deep-chat, which would read them as
   * Markdown and fetch the pictures that they name.
   */
  private submit(): void {
    const text = this.input?.innerText.trim();
    if (!text) return;
    this.write("");
    this.conversation.say({ text });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter") return;
    const target = event.target as Element;
    if (target.closest(SEND)) {
      event.stopPropagation();
      this.submit();
    } else if (target === this.input) {
      event.stopPropagation();
      // Enter may accept an input method's word; Safari reports it after the composition, as 229.
      if (event.isComposing || event.keyCode === 229 || event.shiftKey) return;
      if (matchMedia("(pointer: coarse)").matches) return; // a new line, as phones have it
      event.preventDefault();
      this.submit();
    }
  }

  private onClick(event: Event): void {
    const target = event.target as Element;
    if (target.closest(SEND)) {
      event.stopPropagation();
      this.submit();
      this.input?.focus();
    }
    const button = target.closest("button");
    const key = button?.closest<HTMLElement>("[data-key]")?.dataset.key;
    if (!button || button.disabled || key === undefined) return;
    if (button.dataset.option !== undefined) this.choose(key, Number(button.dataset.option));
    else if (button.dataset.act === "retry") this.conversation.retry();
    else if (button.dataset.act === "edit") this.edit(key);
  }

  private choose(key: string, place: number): void {
    const option = this.shown().find((entry) => entry.key === key)?.buttons[place];
    if (!option) return;
    const { title, payload } = option;
    this.focus(); // the button is about to go
    this.conversation.say(payload ? { payload, title } : { text: title });
  }

  private edit(key: string): void {
    const entry = this.conversation.transcript.entries.find((one) => one.key === key);
    if (!entry) return;
    this.write([entry.text, this.input?.innerText.trim()].filter(Boolean).join("\n"));
    this.focus();
  }

  private onTyped(): void {
    const text = this.input?.innerText.trim() ?? "";
    this.conversation.store.keepDraft(text);
    if (text) this.conversation.people.tellTyping();
  }

  /** deep-chat draws the input as it was configured, without what was typed since. */
  private bringBack(): void {
    const draft = this.conversation.store.draft();
    if (draft && this.input && !this.input.innerText.trim()) this.write(draft);
  }

  private inInput(): boolean {
    return this.input !== null && this.root.activeElement === this.input;
  }

  private write(text: string): void {
    if (!this.input) return;
    this.input.innerText = text;
    this.input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  private keepTypingLast(): void {
    if (this.typing.isConnected) this.drawn?.append(this.typing);
  }

  scrollDown(): void {
    requestAnimationFrame(() => this.drawn?.scrollTo({ top: this.drawn.scrollHeight }));
  }

  private element(key: string): Element | undefined {
    const shown = this.drawn?.querySelectorAll<HTMLElement>("[data-key]") ?? [];
    return [...shown].find(({ dataset }) => dataset.key === key);
  }

  private get input(): HTMLElement | null {
    return this.root.querySelector<HTMLElement>("#text-input");
  }

  private get root(): ShadowRoot {
    return this.chat.shadowRoot!;
  }
}
