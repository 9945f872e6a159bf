/** What is found for words that are being typed, asked for once the typing pauses. */
import { computed, watch, type ComputedRef, type Ref } from "vue";
import { search } from "../api/knowledge";
import type { SearchMatch } from "../api/schemas";
import { useLoaded } from "./loaded";
import { usePause } from "./pause";

const ENTRIES = 6;

export interface Typed<T> {
  /** Empty while nothing is typed. */
  readonly found: ComputedRef<readonly T[]>;
  readonly failure: Ref<string | null>;
  readonly load: () => Promise<void>;
}

export function useTyped<T>(wanted: () => string, read: (text: string) => Promise<readonly T[]>): Typed<T> {
  const text = (): string => wanted().trim();
  const { value, failure, load } = useLoaded<readonly T[]>(() =>
    text() === "" ? Promise.resolve([]) : read(text()),
  );
  watch(text, usePause(load));
  const found = computed(() => (text() === "" ? [] : (value.value ?? [])));
  return { found, failure, load };
}

export const useTypedEntries = (wanted: () => string): Typed<SearchMatch> =>
  useTyped(wanted, async (text) => (await search({ text, limit: ENTRIES })).matches);
