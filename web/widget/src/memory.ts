/**
 * What outlives a reload of the page.
 *
 * The conversation's token stays a day, so that another page of the same site goes on with it. What was typed
 * (draft, unsent words) stays with the tab only: a counter's public computer must not show it to the next person.
 */
import type { CallbackReceipt, Conversation } from "./contract";
import type { Pending } from "./store";

const DAY_MS = 24 * 60 * 60 * 1000;

interface Kept extends Conversation {
  readonly savedAt: number;
}

export class Memory {
  readonly #lasting: Shelf;
  readonly #tab: Shelf;
  readonly #now: () => number;

  constructor(server: string, now: () => number) {
    this.#lasting = new Shelf(() => globalThis.localStorage, server);
    this.#tab = new Shelf(() => globalThis.sessionStorage, server);
    this.#now = now;
  }

  get conversation(): Conversation | null {
    const kept = this.#lasting.read("conversation") as Kept | null;
    if (kept === null || this.#now() - kept.savedAt > DAY_MS) return null;
    return { id: kept.id, token: kept.token };
  }

  set conversation(conversation: Conversation | null) {
    const kept = conversation === null ? null : { ...conversation, savedAt: this.#now() };
    this.#lasting.write("conversation", kept);
  }

  get elder(): boolean {
    return this.#lasting.read("elder") === true;
  }

  set elder(elder: boolean) {
    this.#lasting.write("elder", elder ? true : null);
  }

  /** Whether the window was open; null when this tab has not said. */
  get open(): boolean | null {
    return this.#tab.read("open") as boolean | null;
  }

  set open(open: boolean | null) {
    this.#tab.write("open", open);
  }

  get draft(): string {
    return (this.#tab.read("draft") as string | null) ?? "";
  }

  set draft(draft: string) {
    this.#tab.write("draft", draft === "" ? null : draft);
  }

  get unsent(): readonly Pending[] {
    return (this.#tab.read("unsent") as Pending[] | null) ?? [];
  }

  set unsent(unsent: readonly Pending[]) {
    this.#tab.write("unsent", unsent.length === 0 ? null : unsent);
  }

  get receipt(): CallbackReceipt | null {
    return this.#tab.read("receipt") as CallbackReceipt | null;
  }

  set receipt(receipt: CallbackReceipt | null) {
    this.#tab.write("receipt", receipt);
  }
}

/** One of the browser's stores; where it is closed to us, nothing is kept, and the page works all the same. */
class Shelf {
  readonly #open: () => Storage;
  readonly #prefix: string;

  constructor(open: () => Storage, server: string) {
    this.#open = open;
    this.#prefix = `tongda ${server} `;
  }

  read(name: string): unknown {
    try {
      const text = this.#open().getItem(this.#prefix + name);
      return text === null ? null : JSON.parse(text);
    } catch {
      return null;
    }
  }

  write(name: string, value: unknown): void {
    try {
      const storage = this.#open();
      if (value === null) storage.removeItem(this.#prefix + name);
      else storage.setItem(this.#prefix + name, JSON.stringify(value));
    } catch {
      // Full or forbidden: keeping is a convenience, talking is not.
    }
  }
}
