import type { Conversation } from "../core/conversation";
import type { Strings } from "../core/i18n";
import { icons } from "./icons";

const STARS = [1, 2, 3, 4, 5];

/**
 * Between the head and the messages: the place in the queue with the way back, the person who is
 * there, and after the end their rating. Nothing while the assistant serves.
 */
export class PeopleBar {
  private shown = "";
  private stars = 0;

  constructor(
    private readonly place: HTMLElement,
    private readonly conversation: Conversation,
    private readonly words: Strings,
  ) {
    place.addEventListener("click", (event) => this.onClick(event));
    place.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.rate();
    });
    place.addEventListener("change", (event) => this.onChoice(event));
  }

  /** @returns whether anything was drawn anew. */
  draw(): boolean {
    const { owner, toRate } = this.conversation.people;
    const key = JSON.stringify([owner, toRate?.key]);
    if (key === this.shown) return false; // what is being written into it stays
    this.shown = key;
    this.place.hidden = false;
    if (owner.status === "waiting") this.drawWaiting();
    else if (owner.status === "human") this.drawPerson(owner.agent);
    else if (toRate) this.drawRating(toRate.agent);
    else {
      this.place.hidden = true;
      this.place.replaceChildren();
    }
    return true;
  }

  private drawWaiting(): void {
    const { position, wait_minutes: minutes } = this.conversation.people.owner;
    const { people } = this.words;
    const facts = [
      position === undefined ? "" : position === 1 ? people.next : people.ahead(position - 1),
      minutes === undefined ? "" : people.about(minutes),
    ].filter(Boolean);
    this.place.innerHTML = `
      <div class="face waiting">${icons.person}</div>
      <div class="facts" role="status"><strong>${people.waiting}</strong><span></span></div>
      <button type="button" class="quiet" data-act="withdraw">${people.withdraw}</button>`;
    this.find("span").textContent = facts.length ? facts.join(" · ") : people.meanwhile;
  }

  private drawPerson(agent: string | undefined): void {
    this.place.innerHTML = `
      <div class="face" aria-hidden="true"></div>
      <div class="facts" role="status"><strong></strong><span>${this.words.people.isHere}</span></div>`;
    const name = agent ?? "";
    this.find(".face").textContent = [...name][0] ?? "";
    if (!name) this.find(".face").innerHTML = icons.person;
    this.find("strong").textContent = name ? this.words.people.named(name) : this.words.agent;
  }

  private drawRating(agent: string | undefined): void {
    const { people } = this.words;
    this.stars = 0;
    const stars = STARS.map(
      (count) =>
        `<label><input type="radio" name="stars" value="${count}" aria-label="${people.stars(count)}" />${icons.star}</label>`,
    );
    this.place.innerHTML = `
      <form class="rating">
        <fieldset><legend></legend><div class="stars">${stars.join("")}</div></fieldset>
        <button type="button" class="quiet" data-act="leave">${people.leave}</button>
        <div class="more" hidden>
          <input type="text" name="reason" maxlength="1000" placeholder="${people.reason}" aria-label="${people.reason}" />
          <button type="submit" class="loud">${people.send}</button>
        </div>
        <p class="trouble" role="alert" hidden>${people.notTaken}</p>
      </form>`;
    this.find("legend").textContent = people.rate(agent ? people.named(agent) : this.words.agent);
  }

  private onChoice(event: Event): void {
    const { name, value } = event.target as HTMLInputElement;
    if (name !== "stars") return;
    this.stars = Number(value);
    for (const label of this.place.querySelectorAll("label")) {
      label.classList.toggle("lit", Number(label.querySelector("input")!.value) <= this.stars);
    }
    this.find(".more").hidden = false;
  }

  private onClick(event: Event): void {
    const act = (event.target as Element).closest<HTMLButtonElement>("[data-act]");
    if (!act) return;
    if (act.dataset.act === "leave") return this.conversation.people.leaveUnrated();
    act.disabled = true;
    void this.conversation.people.withdraw().finally(() => (act.disabled = false));
  }

  private async rate(): Promise<void> {
    if (!this.stars) return;
    const send = this.find(".loud") as HTMLButtonElement;
    const reason = this.find("input[name=reason]") as HTMLInputElement;
    send.disabled = true;
    try {
      await this.conversation.people.rate(this.stars, reason.value.trim());
    } catch {
      send.disabled = false;
      this.find(".trouble").hidden = false;
    }
  }

  private find(selector: string): HTMLElement {
    return this.place.querySelector<HTMLElement>(selector)!;
  }
}
