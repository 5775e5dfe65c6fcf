/** Who is signed in, and at which shop. */
import { computed, ref } from "vue";
import { api } from "../core/api";
import type { Me, Role, Shop } from "../core/contract";
import { setClock } from "../core/format";
import { onSignedOut, Refused } from "../../../shared/http";
import { explain } from "../words";
import { say } from "./place";

/** undefined: not known yet; null: nobody. */
export const me = ref<Me | null | undefined>(undefined);
export const shop = ref<Shop | null>(null);
export const version = ref("");

onSignedOut(() => (me.value = null));

export async function resume(): Promise<void> {
  try {
    const session = await api.session();
    setClock(session.now, session.shop.timezone);
    shop.value = session.shop;
    version.value = session.version;
    me.value = session.agent;
  } catch (error) {
    if (error instanceof Refused && error.status !== 401) say(explain(error), true);
    me.value ??= null;
  }
}

export async function signOut(): Promise<void> {
  await api.signOut().catch(() => undefined);
  me.value = null;
}

export async function setAway(away: boolean): Promise<void> {
  if (!me.value) return;
  const before = me.value.away;
  me.value.away = away;
  try {
    await api.presence(away);
  } catch (error) {
    if (me.value) me.value.away = before;
    say(explain(error), true);
  }
}

const RANK: Record<Role, number> = { agent: 0, supervisor: 1, admin: 2 };
/** Whether who is signed in has at least this role. */
export const may = computed(
  () =>
    (role: Role): boolean =>
      me.value ? RANK[me.value.role] >= RANK[role] : false,
);
