/**
 * The launcher for a shop's own site:
 *
 *   <script src="https://chat.example.com/widget.js" defer
 *     data-lang="zh" data-color="#0a6b4f" data-position="right"></script>
 *
 * Small and without deep-chat: the chat itself (`panel.js`) is fetched when it is first opened.
 * Everything is drawn in a shadow root, and everything is asked of the origin of this script.
 */
import { Desk } from "./core/api";
import { Conversation } from "./core/conversation";
import { chooseLanguage, strings } from "./core/i18n";
import { Store } from "./core/store";
import type { NightDeskChat } from "./view/chat";
import { palette } from "./view/color";
import { icons } from "./view/icons";
import launcherCss from "./view/launcher.css?inline";

const script = document.currentScript as HTMLScriptElement;
if (script.dataset.nightdesk !== "here") {
  script.dataset.nightdesk = "here";
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
}

function start(): void {
  const { lang, color, position } = script.dataset;
  const origin = new URL(script.src).origin;
  const store = new Store("nightdesk");
  const wishes = [lang, document.documentElement.lang, ...navigator.languages];
  const language = () => chooseLanguage([store.language(), ...wishes], conversation.shop?.languages);
  const conversation: Conversation = new Conversation(new Desk(origin), store, () => language());

  const host = document.createElement("nightdesk-launcher");
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `
    <style>${launcherCss}</style>
    <section class="panel" hidden></section>
    <button type="button" class="launch" aria-expanded="false">
      ${icons.chat}<span class="unread" hidden></span>
    </button>`;
  const panel = root.querySelector<HTMLElement>(".panel")!;
  const button = root.querySelector<HTMLButtonElement>(".launch")!;
  const mark = root.querySelector<HTMLElement>(".unread")!;
  if (position === "left") host.setAttribute("left", "");
  for (const [name, value] of Object.entries(palette(color ?? ""))) host.style.setProperty(name, value);
  document.body.append(host);

  let chat: NightDeskChat | undefined;
  const isOpen = () => !panel.hidden;

  function describe(): void {
    const words = strings[language()];
    const ids = conversation.transcript.unread(store.seen());
    if (isOpen()) store.keepSeen(Math.max(0, ...ids));
    const unread = isOpen() ? 0 : ids.length;
    button.setAttribute("aria-label", words.openChat + (unread ? `, ${words.unread(unread)}` : ""));
    panel.setAttribute("aria-label", words.messages);
    mark.hidden = unread === 0;
    mark.textContent = unread > 9 ? "9+" : String(unread);
  }

  async function open(): Promise<void> {
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    host.toggleAttribute("open", true);
    describe();
    if (!chat) {
      void conversation.load();
      try {
        chat = await showChat();
      } catch {
        return close(); // not reachable just now; the next press tries again
      }
    }
    if (isOpen()) chat.focus();
  }

  async function showChat(): Promise<NightDeskChat> {
    await fetchPanel(new URL("panel.js", script.src).href);
    const element = document.createElement("nightdesk-chat");
    element.conversation = conversation;
    element.wishes = wishes;
    element.onClose = close;
    element.addEventListener("nightdesk-language", describe);
    panel.append(element);
    return element;
  }

  function close(): void {
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    host.toggleAttribute("open", false);
    button.focus();
  }

  button.addEventListener("click", () => (isOpen() ? close() : void open()));
  root.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key === "Escape" && isOpen()) close();
  });
  addEventListener("online", () => conversation.retry());

  conversation.subscribe(describe);
  describe();
  // Someone who has spoken here before hears of an answer without opening the chat.
  if (conversation.hasSession) void conversation.load();
}

let fetching: Promise<unknown> | undefined;

function fetchPanel(address: string): Promise<unknown> {
  fetching ??= new Promise<void>((resolve, reject) => {
    const element = document.createElement("script");
    element.src = address;
    element.onload = () => resolve();
    element.onerror = () => {
      element.remove();
      fetching = undefined;
      reject(new Error(address));
    };
    document.head.append(element);
  });
  return fetching;
}
