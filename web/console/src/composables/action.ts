/** One thing a user asked the server for: busy meanwhile, and its failure in words. */
import { ElMessage } from "element-plus/es/components/message/index.mjs";
import { ref, type Ref } from "vue";
import { wordsOf } from "../api/http";

export interface Action {
  readonly busy: Ref<boolean>;
  /** Whether it went through; a failure has been shown by then. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useAction(onFailure: (error: unknown) => void = sayFailure): Action {
  const busy = ref(false);
  async function run(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    try {
      await work();
      return true;
    } catch (error) {
      onFailure(error);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, run };
}

function sayFailure(error: unknown): void {
  ElMessage({ type: "error", message: wordsOf(error), duration: 6000, showClose: true });
}

/** Something happened that the user did not ask for; it stays until it was read. */
export function sayNotice(message: string): void {
  ElMessage({ type: "warning", message, duration: 0, showClose: true });
}

export function saySuccess(message: string): void {
  ElMessage({ type: "success", message, duration: 2500 });
}
