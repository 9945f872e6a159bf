/** Something read from the server for a page: absent while it is on its way, or the failure in words. */
import { ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { wordsOf } from "../api/http";

export interface Loaded<T> {
  readonly value: ShallowRef<T | null>;
  readonly failure: Ref<string | null>;
  readonly load: () => Promise<void>;
}

/** An answer that a later question has overtaken is dropped. */
export function useLoaded<T>(read: () => Promise<T>): Loaded<T> {
  const value: ShallowRef<T | null> = shallowRef(null);
  const failure = ref<string | null>(null);
  let latest = 0;
  async function load(): Promise<void> {
    const mine = ++latest;
    try {
      const answer = await read();
      if (mine !== latest) return;
      value.value = answer;
      failure.value = null;
    } catch (error) {
      if (mine === latest) failure.value = wordsOf(error);
    }
  }
  return { value, failure, load };
}
