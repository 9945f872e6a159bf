/**
 * Step 1, the page's side: what the contact wrote goes out in its order, once.
 *
 * The same `client_message_id` goes with every try, so a try whose answer was lost is harmless.
 */
import type { Pending, Store } from "../store";
import { RequestFailed } from "./api";

/** Pauses before the second and third try; after that the contact is told and can try again. */
const PAUSES_MS = [1_000, 3_000];
const LONGEST_PAUSE_MS = 10_000;

export class Outbox {
  readonly #store: Store;
  readonly #deliver: (pending: Pending) => Promise<void>;
  #running = false;

  constructor(store: Store, deliver: (pending: Pending) => Promise<void>) {
    this.#store = store;
    this.#deliver = deliver;
  }

  add(pending: Pending): void {
    this.#store.dispatch({ type: "written", pending });
    void this.flush();
  }

  retry(clientMessageId: string): void {
    this.#store.dispatch({ type: "retried", clientMessageId });
    void this.flush();
  }

  /** Tries again what failed only because the server could not be reached. */
  retryUnreached(): void {
    for (const pending of this.#store.state.pending) {
      if (pending.status === "failed" && pending.reason === null) this.retry(pending.clientMessageId);
    }
  }

  /** Sends everything that waits, one after the other. */
  async flush(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#send(next);
    } finally {
      this.#running = false;
    }
  }

  #next(): Pending | undefined {
    return this.#store.state.pending.find((pending) => pending.status === "sending");
  }

  async #send(pending: Pending): Promise<void> {
    const { clientMessageId } = pending;
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#deliver(pending);
        this.#store.dispatch({ type: "accepted", clientMessageId });
        return;
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
        const pause = PAUSES_MS[attempt];
        if (!error.retryable || pause === undefined) {
          this.#store.dispatch({ type: "refused", clientMessageId, reason: reasonFor(error) });
          return;
        }
        await sleep(Math.min(Math.max(pause, error.retryAfterMs ?? 0), LONGEST_PAUSE_MS));
      }
    }
  }
}

function reasonFor(error: RequestFailed): string | null {
  return error.status === 0 || error.status >= 500 ? null : error.message;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
