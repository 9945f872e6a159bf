/** Does something once the typing pauses; not at all when the page was left before. */
import { onScopeDispose } from "vue";

const PAUSE_MS = 250;

export function usePause(work: () => unknown): () => void {
  let pause: ReturnType<typeof setTimeout> | undefined;
  onScopeDispose(() => {
    clearTimeout(pause);
  });
  return () => {
    clearTimeout(pause);
    pause = setTimeout(work, PAUSE_MS);
  };
}
