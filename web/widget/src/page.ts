/** The shop's chat page. */
import { Desk } from "./core/api";
import { Conversation } from "./core/conversation";
import { Store } from "./core/store";
import { NightDeskChat } from "./view/chat";
import { palette } from "./view/color";
import "./page.css";

const query = new URLSearchParams(location.search);
const chat = new NightDeskChat();
const wishes = [query.get("lang") ?? undefined, ...navigator.languages];
const conversation = new Conversation(new Desk(location.origin), new Store("nightdesk"), () => chat.language);

chat.conversation = conversation;
chat.wishes = wishes;
for (const [name, value] of Object.entries(palette(query.get("color") ?? ""))) chat.style.setProperty(name, value);

function nameThePage(): void {
  document.documentElement.lang = chat.lang;
  const name = conversation.shop?.name[chat.language];
  if (name) document.title = `${name} · NightDesk`;
}

conversation.subscribe(({ kind }) => {
  if (kind === "shop") queueMicrotask(nameThePage);
});
chat.addEventListener("nightdesk-language", nameThePage);
addEventListener("online", () => conversation.retry());
document.querySelector("#desk")!.append(chat);
nameThePage();
void conversation.load();
