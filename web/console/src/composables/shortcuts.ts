/**
 * Keys for actions. With Alt they work anywhere; alone they work outside text fields, unless the user has turned
 * that off. What a page registers is what "?" lists.
 */
import { computed, onBeforeUnmount, onMounted, ref, shallowReactive } from "vue";

export interface Shortcut {
  /** A letter, a digit, or a sign such as "?". */
  readonly key: string;
  readonly label: string;
  readonly group: string;
  readonly run: () => void;
  readonly enabled?: () => boolean;
}

const SINGLE_KEYS = "tongda.single-keys";

const registered = shallowReactive(new Set<Shortcut>());
export const shortcuts = computed(() => [...registered]);
export const singleKeys = ref(localStorage.getItem(SINGLE_KEYS) !== "off");

export function setSingleKeys(on: boolean): void {
  singleKeys.value = on;
  localStorage.setItem(SINGLE_KEYS, on ? "on" : "off");
}

/** Registers a component's keys for as long as it is on the page. */
export function useShortcuts(own: readonly Shortcut[]): void {
  onMounted(() => {
    for (const shortcut of own) registered.add(shortcut);
  });
  onBeforeUnmount(() => {
    for (const shortcut of own) registered.delete(shortcut);
  });
}

export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (isDialogOpen() || !(event.altKey || mayStandAlone(event))) return;
  const shortcut = shortcuts.value.find((each) => matches(each, event));
  if (shortcut === undefined || shortcut.enabled?.() === false) return;
  event.preventDefault();
  shortcut.run();
}

/** A dialog that was closed stays in the document, hidden. */
function isDialogOpen(): boolean {
  return [...document.querySelectorAll('[role="dialog"][aria-modal="true"]')].some(
    (dialog) => dialog.getClientRects().length > 0,
  );
}

function matches({ key }: Shortcut, event: KeyboardEvent): boolean {
  if (/^[A-Z]$/.test(key)) return event.code === `Key${key}` && !event.shiftKey;
  if (/^\d$/.test(key)) return event.code === `Digit${key}` && !event.shiftKey;
  return event.key === key;
}

function mayStandAlone({ target }: KeyboardEvent): boolean {
  const typing = target instanceof Element && target.closest("input, textarea, select") !== null;
  return singleKeys.value && !typing;
}
