import type { Conversation } from "../core/conversation";
import { chooseLanguage, strings } from "../core/i18n";
import type { Language } from "../core/contract";
import { icons } from "./icons";
import { MessageList } from "./messages";
import { PeopleBar } from "./people";
import shellCss from "./shell.css?inline";

/**
 * `<nightdesk-chat>`: the shop's head, the conversation and the input. Give it a `conversation`
 * (and `onClose`, where it can be closed) before it is connected.
 */
export class NightDeskChat extends HTMLElement {
  conversation!: Conversation;
  onClose: (() => void) | undefined;
  /** The page's wish, before the visitor's own choice is known. */
  wishes: readonly (string | undefined)[] = navigator.languages;
  private list: MessageList | undefined;
  private people: PeopleBar | undefined;
  private focusWanted = false;
  private unsubscribe: () => void = () => undefined;
  private readonly root = this.attachShadow({ mode: "open" });

  get language(): Language {
    const { shop, store } = this.conversation;
    return chooseLanguage([store.language(), ...this.wishes], shop?.languages);
  }

  connectedCallback(): void {
    this.unsubscribe = this.conversation.subscribe((change) => {
      if (change.kind === "shop") this.draw();
      else if (change.kind === "added") this.list?.add(change.entry);
      else if (change.kind === "changed") this.list?.refresh(change.entry);
      this.drawState();
    });
    document.addEventListener("visibilitychange", this.onSeen);
    this.draw();
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.onSeen);
    this.unsubscribe();
  }

  override focus(): void {
    this.focusWanted = true;
    this.onSeen();
    this.list?.focus();
  }

  private draw(): void {
    const language = this.language;
    const words = strings[language];
    const shop = this.conversation.shop;
    const { writing = false } = this.list ?? {};
    this.lang = language === "zh" ? "zh-Hans" : "en";
    this.root.innerHTML = `
      <style>${shellCss}</style>
      <header>
        <div class="lamp">${icons.moon}</div>
        <div class="brand">
          <h1><span class="name"></span><span class="night">${words.nightMark}</span></h1>
          <p class="status" role="status"></p>
        </div>
        <button type="button" class="plain language" aria-label="${words.switchLanguage}"
          lang="${language === "zh" ? "en" : "zh-Hans"}">${words.otherLanguage}</button>
        <button type="button" class="plain close" aria-label="${words.closeChat}">${icons.close}</button>
      </header>
      <p class="bar" role="status" hidden></p>
      <section class="people" aria-label="${words.agent}" hidden></section>
      <div class="chat"></div>
      <footer>${words.footer} · NightDesk</footer>`;
    this.find(".name").textContent = shop?.name[language] ?? "";
    const languageButton = this.find(".language");
    languageButton.hidden = (shop?.languages ?? []).length < 2;
    languageButton.onclick = () => {
      this.conversation.store.keepLanguage(language === "zh" ? "en" : "zh");
      this.focusWanted = false;
      this.draw();
      this.find(".language").focus();
      this.dispatchEvent(new CustomEvent("nightdesk-language"));
    };
    const close = this.find(".close");
    close.hidden = !this.onClose;
    close.onclick = () => this.onClose?.();
    this.people = new PeopleBar(this.find(".people"), this.conversation, words);
    this.list = new MessageList(this.find(".chat"), this.conversation, language);
    if (this.focusWanted) this.list.focus(); // drawn anew while someone is waiting to write
    this.list.writing = writing;
    this.drawState();
  }

  private drawState(): void {
    const { status, online, people } = this.conversation;
    const words = strings[this.language];
    const line = this.find(".status");
    line.dataset.status = status;
    line.dataset.online = String(online);
    setText(line, online ? words.status[status] : words.offline);
    const bar = this.find(".bar");
    bar.hidden = online;
    setText(bar, online ? "" : words.reconnecting);
    if (this.people?.draw()) this.list?.scrollDown(); // the newest stays in sight
    if (people.typing) this.list?.showTyping(true, words.personTyping(people.owner.agent ?? words.agent));
    else this.list?.showTyping(this.conversation.typing && status !== "human", words.typing);
    this.onSeen();
  }

  /** What is drawn in a page that is looked at has been read. */
  private readonly onSeen = (): void => {
    const drawn = this.getClientRects().length > 0 && document.visibilityState === "visible";
    if (drawn) this.conversation.people.tellRead();
  };

  private find(selector: string): HTMLElement {
    return this.root.querySelector<HTMLElement>(selector)!;
  }
}

/** Touches the text only when it changes, so that a live region does not repeat itself. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

if (!customElements.get("nightdesk-chat")) customElements.define("nightdesk-chat", NightDeskChat);

declare global {
  interface HTMLElementTagNameMap {
    "nightdesk-chat": NightDeskChat;
  }
}
