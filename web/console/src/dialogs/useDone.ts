import { ref, type Ref } from "vue";
import { uuid } from "../../../shared/uuid";
import { say } from "../state/place";
import { explain } from "../words";

/**
 * One thing that a person confirms: it is sent with one key, so that pressing again after a lost
 * answer does not do it twice. A change of what is confirmed needs a new key (`renew`).
 */
export function useDone(
  close: () => void,
  done: () => void,
): {
  busy: Ref<boolean>;
  wrong: Ref<string>;
  renew: () => void;
  run: <T>(act: (key: string) => Promise<T>, told: (result: T) => string) => Promise<void>;
} {
  const busy = ref(false);
  const wrong = ref("");
  let key = uuid();
  async function run<T>(act: (key: string) => Promise<T>, told: (result: T) => string): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    wrong.value = "";
    try {
      say(told(await act(key)));
      done();
      close();
    } catch (error) {
      wrong.value = explain(error);
    } finally {
      busy.value = false;
    }
  }
  return { busy, wrong, renew: () => (key = uuid()), run };
}
