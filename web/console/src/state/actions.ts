/** What a person does to the conversation that is open. */
import { api } from "../core/api";
import type { Item } from "../core/contract";
import { Refused } from "../../../shared/http";
import { explain, t } from "../words";
import { say } from "./place";
import { refreshSoon } from "./queue";
import { catchUp, open, setItem } from "./talk";

/** Each returns whether it was done; what the desk refused is said. */
async function change(done: string, act: (item: Item) => Promise<Item>): Promise<boolean> {
  const item = open.value?.item;
  if (!item) return false;
  try {
    setItem(item.id, await act(item));
    say(done);
    return true;
  } catch (error) {
    const owner = error instanceof Refused ? (error.details.owner as Partial<Item> | undefined) : undefined;
    const name = owner?.agent?.name;
    if (!(error instanceof Refused) || error.status !== 409) say(explain(error), true);
    else say(name ? t("taken_by", { name }) : t("moved_on"), true);
    return false;
  } finally {
    void catchUp();
    refreshSoon(0);
  }
}

export const claim = (): Promise<boolean> =>
  change(t("claimed_note"), (item) => api.claim(item.id, item.version));
export const transfer = (to: string, name: string): Promise<boolean> =>
  change(t("transferred_note", { name }), (item) => api.transfer(item.id, item.version, to));
export const handBack = (recap: string, done: boolean): Promise<boolean> =>
  change(t("handed_note"), (item) => api.handBack(item.id, item.version, recap, done));
export const close = (outcome: string): Promise<boolean> =>
  change(t("closed_note"), (item) => api.close(item.id, item.version, outcome));
