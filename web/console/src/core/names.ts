import { named, t } from "../words";
import type { Item } from "./contract";

/** What to call a customer: their name, their phone's last digits, else a short form of the id. */
export function customerName(item: Pick<Item, "id" | "customer">): string {
  return item.customer.name || item.customer.phone_masked || t("visitor", { id: item.id.slice(-4) });
}

/** One sign for the picture in front of a name. */
export function initial(item: Pick<Item, "id" | "customer">): string {
  return item.customer.name?.trim()[0]?.toUpperCase() ?? "";
}

/** A colour of its own for each customer, out of a few. */
export function hue(id: string): string {
  let sum = 0;
  for (const sign of id) sum = (sum * 31 + sign.charCodeAt(0)) >>> 0;
  return `hue-${sum % 6}`;
}

export const reasonName = (item: Item): string => named("reason", item.reason);
