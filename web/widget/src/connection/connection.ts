/**
 * Steps 1 and 8: everything the contact does that concerns the server, and everything the server says.
 *
 * The conversation is created when the contact first does something, not when the page is looked at. What comes
 * back goes into the store; nothing here touches the page.
 */
import type { Conversation, Feedback, Option } from "../contract";
import type { Memory } from "../memory";
import { hideNumbers } from "../privacy";
import { type ChatState, isReplyExpected, type Pending, type Store } from "../store";
import { Api, RequestFailed } from "./api";
import { Live, type LiveListener } from "./live";
import { Outbox } from "./outbox";

export interface Surroundings {
  readonly server: string;
  readonly region: string | null;
  readonly fetch: typeof fetch;
  readonly WebSocket: typeof WebSocket;
  readonly newId: () => string;
  readonly now: () => number;
}

const SLOW_MS = 20_000;
const TYPING_SHOWN_MS = 5_000;
/** Stays under the five seconds that a typing sign is shown on the other side. */
const TYPING_TOLD_MS = 3_000;

export class Connection {
  readonly #store: Store;
  readonly #memory: Memory;
  readonly #around: Surroundings;
  readonly #api: Api;
  readonly #outbox: Outbox;
  #starting: Promise<Conversation> | null = null;
  #live: Live | null = null;
  #typingTold = 0;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store, memory: Memory, around: Surroundings, lifetime: AbortSignal) {
    this.#store = store;
    this.#memory = memory;
    this.#around = around;
    this.#api = new Api(around.server, around.fetch);
    this.#outbox = new Outbox(store, (pending) => this.#deliver(pending));
    store.subscribe((state, before) => {
      this.#follow(state, before);
    }, lifetime);
    lifetime.addEventListener("abort", () => {
      this.#stop();
    });
  }

  /** Goes on with the conversation that an earlier page left, if there is one. */
  async resume(): Promise<void> {
    const { unsent, conversation, receipt } = this.#memory;
    if (unsent.length > 0) this.#store.dispatch({ type: "pendingRestored", pending: unsent });
    if (receipt !== null) this.#store.dispatch({ type: "callbackPlaced", receipt });
    if (conversation !== null) {
      this.#adopt(conversation);
      await this.#live?.catchUp();
    }
    await this.#outbox.flush();
  }

  async loadWelcome(): Promise<void> {
    try {
      this.#store.dispatch({ type: "welcomeLoaded", welcome: await this.#api.welcome() });
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this.#store.dispatch({ type: "welcomeFailed" });
    }
  }

  /** Personal numbers are hidden here at the latest: they are neither kept nor sent. */
  say(text: string): void {
    this.#outbox.add(this.#pending(hideNumbers(text), null));
  }

  choose(option: Option): void {
    this.#outbox.add(this.#pending(option.label, option.option_id));
  }

  retry(clientMessageId: string): void {
    this.#outbox.retry(clientMessageId);
  }

  async requestPerson(): Promise<void> {
    this.#store.dispatch({ type: "personRequested", requesting: true });
    const done = await this.#tolerate(async () => {
      await this.#api.requestPerson(await this.#conversation());
    });
    if (!done) {
      this.#store.dispatch({ type: "personRequested", requesting: false });
      this.#store.dispatch({ type: "failed", problem: "转人工没有成功，请再点一次" });
    }
    this.#live?.nudge();
  }

  async giveFeedback(seq: number, value: Feedback): Promise<void> {
    const earlier = this.#store.state.messages.find((message) => message.seq === seq)?.feedback ?? null;
    this.#store.dispatch({ type: "feedbackGiven", seq, value });
    const done = await this.#tolerate(async () => {
      await this.#api.giveFeedback(await this.#conversation(), seq, value);
    });
    if (!done) this.#store.dispatch({ type: "feedbackGiven", seq, value: earlier });
  }

  async rate(grade: number, comment: string): Promise<void> {
    const done = await this.#tolerate(async () => {
      await this.#api.rate(await this.#conversation(), grade, comment);
    });
    if (done) this.#store.dispatch({ type: "rated", grade });
  }

  async requestCallback(phone: string, note: string): Promise<void> {
    this.#store.dispatch({ type: "callbackChanged", step: "sending" });
    const done = await this.#tolerate(async () => {
      const receipt = await this.#api.requestCallback(await this.#conversation(), phone, note);
      this.#memory.receipt = receipt;
      this.#store.dispatch({ type: "callbackPlaced", receipt });
    });
    if (done) return;
    const { problem } = this.#store.state;
    this.#store.dispatch({ type: "callbackChanged", step: "open" });
    this.#store.dispatch({ type: "failed", problem });
  }

  /** The contact has written the receipt down. */
  noteReceipt(): void {
    this.#memory.receipt = null;
    this.#store.dispatch({ type: "receiptNoted" });
  }

  /** Tells the person on the other side, at most every few seconds, that the contact is writing. */
  tellTyping(): void {
    const now = this.#around.now();
    if (this.#store.state.state !== "assigned" || now - this.#typingTold < TYPING_TOLD_MS) return;
    this.#typingTold = now;
    this.#live?.tellTyping();
  }

  /** Leaves this conversation for good; the next words begin another. */
  forget(): void {
    this.#stop();
    this.#live = null;
    this.#starting = null;
    this.#memory.conversation = null;
    this.#memory.receipt = null;
    this.#store.dispatch({ type: "forgotten" });
  }

  /** The network is back or gone, or the page is looked at again. */
  wake(): void {
    this.#live?.wake();
    this.#outbox.retryUnreached();
  }

  #pending(text: string, optionId: string | null): Pending {
    const createdAt = new Date(this.#around.now()).toISOString();
    return {
      clientMessageId: this.#around.newId(),
      text,
      optionId,
      createdAt,
      status: "sending",
      reason: null,
    };
  }

  async #deliver(pending: Pending): Promise<void> {
    const { clientMessageId: client_message_id, optionId, text } = pending;
    const words = optionId === null ? { text } : { option_id: optionId };
    try {
      await this.#api.send(await this.#conversation(), { client_message_id, ...words });
    } catch (error) {
      if (!(error instanceof RequestFailed) || !error.gone) throw error;
      // The old conversation is over for the server. What was offered in it is over too, so its words are sent.
      this.forget();
      await this.#api.send(await this.#conversation(), { client_message_id, text });
    }
    this.#live?.nudge();
  }

  async #conversation(): Promise<Conversation> {
    this.#starting ??= this.#begin();
    try {
      return await this.#starting;
    } catch (error) {
      this.#starting = null;
      throw error;
    }
  }

  async #begin(): Promise<Conversation> {
    const conversation = await this.#api.startConversation(this.#around.region);
    this.#memory.conversation = conversation;
    this.#adopt(conversation);
    return conversation;
  }

  #adopt(conversation: Conversation): void {
    this.#starting = Promise.resolve(conversation);
    const leave = (): void => {
      if (this.#live === live) this.forget();
    };
    const live = new Live(this.#api, conversation, this.#listener(leave), this.#around.WebSocket);
    this.#live = live;
    this.#follow(this.#store.state, this.#store.state);
  }

  #listener(gone: () => void): LiveListener {
    const dispatch = this.#store.dispatch.bind(this.#store);
    return {
      page: (page) => {
        dispatch({ type: "pageReceived", page });
      },
      message: (message) => {
        dispatch({ type: "received", message });
      },
      standing: (standing) => {
        dispatch({ type: "standingChanged", standing });
      },
      typing: (sender) => {
        dispatch({ type: "typingShown", sender });
        clearTimeout(this.#typingTimer);
        this.#typingTimer = setTimeout(() => {
          dispatch({ type: "typingEnded" });
        }, TYPING_SHOWN_MS);
      },
      link: (link) => {
        dispatch({ type: "linkChanged", link });
        if (link === "live" || link === "polling") this.#outbox.retryUnreached();
      },
      gone,
    };
  }

  /** Keeps what must outlive a reload, and holds the push channel only while somebody waits for something. */
  #follow(state: ChatState, before: ChatState): void {
    if (state.pending !== before.pending) {
      this.#memory.unsent = state.pending.filter((pending) => pending.status !== "sent");
    }
    const expected = isReplyExpected(state);
    if (expected !== isReplyExpected(before)) {
      clearTimeout(this.#slowTimer);
      if (expected)
        this.#slowTimer = setTimeout(() => {
          this.#store.dispatch({ type: "waitedLong" });
        }, SLOW_MS);
    }
    if (state.open || expected || state.state === "queued" || state.state === "assigned") this.#live?.start();
    else this.#live?.stop();
  }

  #stop(): void {
    clearTimeout(this.#typingTimer);
    clearTimeout(this.#slowTimer);
    this.#live?.stop();
  }

  /** Does `work`; when the server refuses or cannot be reached, says so on the page and returns false. */
  async #tolerate(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this.#store.dispatch({ type: "failed", problem: error.message });
      return false;
    }
  }
}
