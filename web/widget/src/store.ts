/**
 * What the page shows, as one value, and the only ways it changes. Pure: no I/O, no clock, no DOM.
 *
 * Messages are keyed by `seq`, so a message that comes twice (push and poll) is there once; what the contact
 * wrote waits in `pending` until the server's own text of it arrives.
 */
import type { CallbackReceipt, Feedback, Message, MessagesPage, Standing, Welcome } from "./contract";

export interface Pending {
  readonly clientMessageId: string;
  readonly text: string;
  readonly optionId: string | null;
  readonly createdAt: string;
  readonly status: "sending" | "sent" | "failed";
  /** The server's words when it refused; null when it could not be reached. */
  readonly reason: string | null;
}

export type Link = "idle" | "connecting" | "live" | "polling" | "offline";
export type CallbackStep = "closed" | "open" | "sending";

export interface ChatState extends Standing {
  readonly open: boolean;
  readonly elder: boolean;
  readonly welcome: Welcome | null;
  readonly welcomeFailed: boolean;
  readonly messages: readonly Message[];
  readonly pending: readonly Pending[];
  readonly notice: string | null;
  readonly rating: { readonly grade: number } | null;
  readonly typing: "bot" | "agent" | null;
  readonly slow: boolean;
  readonly requestingPerson: boolean;
  readonly link: Link;
  readonly unread: number;
  readonly callback: CallbackStep;
  readonly receipt: CallbackReceipt | null;
  readonly problem: string | null;
}

export type ChatEvent =
  | {
      readonly type:
        "opened" | "closed" | "waitedLong" | "typingEnded" | "welcomeFailed" | "forgotten" | "receiptNoted";
    }
  | { readonly type: "elderChanged"; readonly elder: boolean }
  | { readonly type: "welcomeLoaded"; readonly welcome: Welcome }
  | { readonly type: "pendingRestored"; readonly pending: readonly Pending[] }
  | { readonly type: "written"; readonly pending: Pending }
  | { readonly type: "accepted" | "retried"; readonly clientMessageId: string }
  | { readonly type: "refused"; readonly clientMessageId: string; readonly reason: string | null }
  | { readonly type: "received"; readonly message: Message }
  | { readonly type: "pageReceived"; readonly page: MessagesPage }
  | { readonly type: "standingChanged"; readonly standing: Standing }
  | { readonly type: "typingShown"; readonly sender: "bot" | "agent" }
  | { readonly type: "linkChanged"; readonly link: Link }
  | { readonly type: "feedbackGiven"; readonly seq: number; readonly value: Feedback | null }
  | { readonly type: "rated"; readonly grade: number }
  | { readonly type: "personRequested"; readonly requesting: boolean }
  | { readonly type: "callbackChanged"; readonly step: CallbackStep }
  | { readonly type: "callbackPlaced"; readonly receipt: CallbackReceipt }
  | { readonly type: "failed"; readonly problem: string | null };

export const INITIAL: ChatState = {
  open: false,
  elder: false,
  welcome: null,
  welcomeFailed: false,
  messages: [],
  pending: [],
  state: "bot",
  queue: null,
  agent: null,
  notice: null,
  rating: null,
  typing: null,
  slow: false,
  requestingPerson: false,
  link: "idle",
  unread: 0,
  callback: "closed",
  receipt: null,
  problem: null,
};

type Reducers = {
  [T in ChatEvent["type"]]: (state: ChatState, event: Extract<ChatEvent, { type: T }>) => Partial<ChatState>;
};

const REDUCERS: Reducers = {
  opened: () => ({ open: true, unread: 0 }),
  closed: () => ({ open: false }),
  waitedLong: () => ({ slow: true }),
  typingEnded: () => ({ typing: null }),
  elderChanged: (_, { elder }) => ({ elder }),
  welcomeLoaded: (_, { welcome }) => ({ welcome, welcomeFailed: false }),
  welcomeFailed: () => ({ welcomeFailed: true }),
  forgotten: forget,
  pendingRestored: (_, { pending }) => ({ pending }),
  written: (state, { pending }) => ({ pending: [...state.pending, pending], slow: false, problem: null }),
  accepted: (state, { clientMessageId }) => mark(state, clientMessageId, { status: "sent", reason: null }),
  retried: (state, { clientMessageId }) => mark(state, clientMessageId, { status: "sending", reason: null }),
  refused: (state, { clientMessageId, reason }) => mark(state, clientMessageId, { status: "failed", reason }),
  received: (state, { message }) => receive(state, [message]),
  pageReceived: receivePage,
  standingChanged: (state, { standing }) => stand(state, standing),
  typingShown: (_, { sender }) => ({ typing: sender }),
  linkChanged: (_, { link }) => ({ link }),
  feedbackGiven: (state, { seq, value }) => ({
    messages: state.messages.map((message) =>
      message.seq === seq ? { ...message, feedback: value } : message,
    ),
  }),
  rated: (_, { grade }) => ({ rating: { grade }, problem: null }),
  personRequested: (_, { requesting }) => ({ requestingPerson: requesting, problem: null }),
  callbackChanged: (_, { step }) => ({ callback: step, problem: null }),
  callbackPlaced: (_, { receipt }) => ({ callback: "closed", receipt, problem: null }),
  receiptNoted: () => ({ receipt: null }),
  failed: (_, { problem }) => ({ problem }),
};

/** The state after `event`. */
export function reduce(state: ChatState, event: ChatEvent): ChatState {
  const reducer = REDUCERS[event.type] as (state: ChatState, event: ChatEvent) => Partial<ChatState>;
  return { ...state, ...reducer(state, event) };
}

/** Whether the contact has said something that the bot has not yet answered. */
export function isReplyExpected(state: ChatState): boolean {
  if (state.state !== "bot") return false;
  if (state.pending.some((pending) => pending.status !== "failed")) return true;
  return lastMessage(state)?.sender === "contact";
}

export function lastMessage({ messages }: ChatState): Message | undefined {
  return messages[messages.length - 1];
}

/** Whether anything has been said yet; until then the page shows its first screen. */
export function hasBegun(state: ChatState): boolean {
  return state.messages.length > 0 || state.pending.length > 0;
}

function mark(state: ChatState, clientMessageId: string, change: Partial<Pending>): Partial<ChatState> {
  const pending = state.pending.map((one) =>
    one.clientMessageId === clientMessageId ? { ...one, ...change } : one,
  );
  return { pending };
}

function receive(state: ChatState, incoming: readonly Message[]): Partial<ChatState> {
  // A note is for staff; the server keeps it back, and the page does not show it either way.
  const visible = incoming.filter((message) => message.kind !== "note");
  if (visible.length === 0) return {};
  const bySeq = new Map(state.messages.map((message) => [message.seq, message]));
  const fresh = visible.filter((message) => !bySeq.has(message.seq));
  for (const message of visible) bySeq.set(message.seq, message);
  const arrived = new Set(visible.map((message) => message.client_message_id));
  const said = fresh.filter((message) => message.sender !== "contact").length;
  return {
    messages: [...bySeq.values()].sort((one, other) => one.seq - other.seq),
    pending: state.pending.filter((pending) => !arrived.has(pending.clientMessageId)),
    // What an earlier page showed is not new.
    unread: state.open || state.messages.length === 0 ? 0 : state.unread + said,
    ...(said > 0 ? { typing: null, slow: false, requestingPerson: false } : {}),
  };
}

function receivePage(state: ChatState, { page }: { readonly page: MessagesPage }): Partial<ChatState> {
  return {
    ...receive(state, page.messages),
    ...stand(state, page),
    rating: page.rating,
    notice: page.notice,
  };
}

function stand(state: ChatState, { state: holder, queue, agent }: Standing): Partial<ChatState> {
  const moved = holder !== state.state;
  return {
    state: holder,
    queue,
    agent,
    ...(moved ? { requestingPerson: false, typing: null, callback: "closed" } : {}),
    // A conversation that was taken up again can be rated anew.
    ...(moved && state.state === "resolved" ? { rating: null } : {}),
  };
}

function forget(state: ChatState): ChatState {
  const { open, elder, welcome, welcomeFailed, pending } = state;
  return { ...INITIAL, open, elder, welcome, welcomeFailed, pending };
}

/** Holds the state and tells its listeners of each change. */
export class Store {
  #state = INITIAL;
  readonly #listeners = new Set<(state: ChatState, before: ChatState) => void>();

  get state(): ChatState {
    return this.#state;
  }

  dispatch(event: ChatEvent): void {
    const before = this.#state;
    this.#state = reduce(before, event);
    for (const listener of this.#listeners) listener(this.#state, before);
  }

  /** Calls `listener` after each change until `signal` is aborted. */
  subscribe(listener: (state: ChatState, before: ChatState) => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }
}
