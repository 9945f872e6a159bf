/**
 * Steps 1 and 8 as the page sees them: the shapes the server's web channel speaks (its OpenAPI document is the
 * source).
 */

export type Sender = "contact" | "bot" | "agent" | "system";
export type Holder = "bot" | "queued" | "assigned" | "resolved";
export type Feedback = "useful" | "useless";

export type Outcome =
  | "answer"
  | "result"
  | "ask"
  | "clarify"
  | "handoff"
  | "redirect"
  | "order"
  | "smalltalk"
  | "decline"
  | "safety"
  | "no_answer";

export interface Citation {
  readonly title: string;
  readonly document_number?: string | null;
  readonly article?: string | null;
  readonly issuer?: string | null;
  readonly issued_on?: string | null;
  readonly url?: string | null;
  readonly effective_from?: string | null;
  readonly effective_to?: string | null;
}

export interface Validity {
  readonly effective_from: string | null;
  readonly effective_to: string | null;
  readonly region: string | null;
}

export interface Option {
  readonly option_id: string;
  readonly label: string;
  readonly entry_id?: string | null;
}

export interface Message {
  readonly seq: number;
  readonly id: string;
  readonly sender: Sender;
  readonly sender_name: string | null;
  readonly kind: "text" | "notice" | "note";
  readonly text: string;
  readonly outcome: Outcome | null;
  readonly details: string | null;
  readonly citations: readonly Citation[];
  readonly validity: Validity | null;
  readonly options: readonly Option[];
  readonly entry_id: string | null;
  readonly client_message_id: string | null;
  readonly feedback: Feedback | null;
  readonly created_at: string;
  /** What a line by the system offers beside its text. */
  readonly offer: "callback" | null;
}

/** Messages in one page at most; one that is full is followed by another. */
export const PAGE_LENGTH = 200;

/** Who must act next, and what the contact is told about it. `wait_seconds` is an honest range. */
export interface Standing {
  readonly state: Holder;
  readonly queue: { readonly position: number; readonly wait_seconds: readonly [number, number] } | null;
  readonly agent: { readonly name: string } | null;
}

export interface MessagesPage extends Standing {
  readonly messages: readonly Message[];
  readonly rating: { readonly grade: number } | null;
  readonly notice: string | null;
}

export interface Welcome {
  readonly topics: readonly { readonly label: string; readonly question: string }[];
  readonly notice: string | null;
  readonly greeting: string;
  readonly privacy_url: string;
}

export interface Conversation {
  readonly id: string;
  readonly token: string;
}

/** What a contact says: typed words, or a choice among the options last offered. */
export interface Utterance {
  readonly client_message_id: string;
  readonly text?: string;
  readonly option_id?: string;
}

export interface CallbackReceipt {
  readonly order_number: string;
  readonly code: string;
}

export type Frame =
  | { readonly type: "message"; readonly message: Message }
  | ({ readonly type: "state" } & Standing)
  | { readonly type: "typing"; readonly sender: "bot" | "agent" }
  | { readonly type: "pong" };
