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

/** The messages and the input, drawn by deep-chat. */
export class MessageList {
  private readonly chat: DeepChat;
  private readonly words: Strings;
  private readonly typing = document.createElement("div");
  /** deep-chat's list of messages; it makes a new one whenever it draws itself anew. */
  private drawn: HTMLElement | undefined;

  constructor(
    place: HTMLElement,
    private readonly conversation: Conversation,
    private readonly language: Language,
  ) {
    this.words = strings[language];
    this.typing.className = "nd-typing";
    this.typing.innerHTML = `<span class="nd-unseen">${this.words.typing}</span><i></i><i></i><i></i>`;
    this.chat = this.configured();
    this.chat.addEventListener("keydown", guardComposition, { capture: true });
    place.append(this.chat);
  }

  focus(): void {
    this.chat.focusInput();
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
    const html = bubble(entry, this.isOpen(entry), this.words);
    const fresh = document.createRange().createContextualFragment(html);
    if (fresh.firstElementChild?.outerHTML === shown.outerHTML) return;
    shown.replaceWith(fresh);
  }

  showTyping(typing: boolean): void {
    if (!this.drawn || typing === this.typing.isConnected) return;
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
    chat.onInput = ({ content, isUser }) => {
      if (isUser) this.conversation.store.keepDraft(content.text ?? "");
    };
    // As a "websocket" deep-chat lets the customer go on writing while an answer is on its way.
    chat.connect = {
      websocket: true,
      handler: (_, signals) => {
        signals.onOpen();
        signals.newUserMessage.listener = (body: { messages?: { text?: string }[] }) =>
          this.onSubmit(body.messages?.at(-1)?.text ?? "");
      },
    };
    chat.onComponentRender = () => this.onRender();
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
    messages.addEventListener("click", (event) => this.onClick(event));
    this.root.querySelector("#text-input")?.setAttribute("role", "textbox");
    this.root.querySelector("#text-input")?.setAttribute("aria-multiline", "true");
    this.root.querySelector(".input-button")?.setAttribute("aria-label", this.words.send);
    for (const entry of this.shown()) this.append(entry);
    this.showTyping(this.conversation.typing);
    this.scrollDown();
    requestAnimationFrame(() => messages.setAttribute("aria-live", "polite"));
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
    this.chat.addMessage({ role, html: bubble(entry, this.isOpen(entry), this.words) });
  }

  private isOpen(entry: Entry): boolean {
    const { entries } = this.conversation.transcript;
    if (entry.key === GREETING) return !entries.some(({ from }) => from === "customer");
    return this.conversation.transcript.isOpen(entry);
  }

  /** deep-chat has shown what was typed, read as Markdown: that goes, the entry itself comes. */
  private onSubmit(text: string): void {
    this.conversation.store.keepDraft("");
    this.chat.updateMessage({}, this.chat.getMessages().length - 1);
    this.conversation.say({ text: text.trim() });
  }

  private onClick(event: Event): void {
    const button = (event.target as Element).closest<HTMLButtonElement>("button");
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
    const input = this.root.querySelector<HTMLElement>("#text-input");
    if (!entry || !input) return;
    input.innerText = entry.text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    this.focus();
  }

  private keepTypingLast(): void {
    if (this.typing.isConnected) this.drawn?.append(this.typing);
  }

  private scrollDown(): void {
    requestAnimationFrame(() => this.drawn?.scrollTo({ top: this.drawn.scrollHeight }));
  }

  private element(key: string): Element | undefined {
    const shown = this.drawn?.querySelectorAll<HTMLElement>("[data-key]") ?? [];
    return [...shown].find(({ dataset }) => dataset.key === key);
  }

  private get root(): ShadowRoot {
    return this.chat.shadowRoot!;
  }
}

/** Enter that accepts an input method's word is not "send"; Safari reports it after the composition. */
function guardComposition(event: KeyboardEvent): void {
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopPropagation();
}
