/** What is being written, for each conversation; kept in the browser until it is sent. */
import { ref, watch } from "vue";
import { recall, remember } from "../core/memory";
import { open } from "./talk";

export const draft = ref("");
/** Raised when something was put into the field, which then takes the focus. */
export const inserted = ref(0);

let conversation = "";

watch(
  () => open.value?.id ?? "",
  (id) => {
    conversation = id;
    draft.value = (id && recall<string>(`draft:${id}`)) || "";
  },
  { immediate: true, flush: "sync" },
);
watch(
  draft,
  (text) => {
    if (conversation) remember(`draft:${conversation}`, text || undefined);
  },
  { flush: "sync" },
);

/** Put `text` into the field, after what is there. */
export function insert(text: string): void {
  const before = draft.value.trimEnd();
  draft.value = before ? `${before}\n${text}` : text;
  inserted.value++;
}
