/** A list of suggestions under a text field: arrow keys move, the field keeps the focus. */
import { computed, nextTick, ref, watch, type ComputedRef, type Ref } from "vue";

export interface Choices<T> {
  readonly active: Ref<number>;
  readonly current: ComputedRef<T | undefined>;
  /** Whether the key was one that moves through the list. */
  readonly move: (event: KeyboardEvent) => boolean;
}

/** Ids of the options are `${listId}-${place}`, so that the active one can be named and scrolled to. */
export function useChoices<T>(items: () => readonly T[], listId: string): Choices<T> {
  const active = ref(0);
  const current = computed(() => items()[active.value]);
  watch(items, () => {
    active.value = 0;
  });

  function move(event: KeyboardEvent): boolean {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const { length } = items();
    if (step === undefined || length === 0) return false;
    event.preventDefault();
    active.value = (active.value + step + length) % length;
    void nextTick(() =>
      document.getElementById(`${listId}-${active.value}`)?.scrollIntoView({ block: "nearest" }),
    );
    return true;
  }

  return { active, current, move };
}
