/** The shapes the staff interface speaks (the server's OpenAPI document is the source). Data only. */
import type { Citation, Message, Outcome } from "../../../widget/src/contract";

export type { Citation, Message, Outcome };

export type Role = "agent" | "expert" | "supervisor" | "content" | "administrator";
export type Tier = "general" | "expert" | "12345";
export type Availability = "online" | "away" | "offline";
export type ConversationState = "bot" | "queued" | "assigned" | "resolved";
export type ListView = "mine" | "queue" | "all";
export type EntryState = "draft" | "in_review" | "published" | "withdrawn" | "expired";
export type RevisionState = "draft" | "in_review" | "published" | "withdrawn" | "replaced" | "rejected";
export type RiskLevel = "direct" | "caution" | "person";
/** Which work orders a list shows; each has a state of its own. */
export type OrderStage = "open" | "closed";
export type Decision = "answer" | "clarify" | "no_answer";

export interface Seat {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly tier: Tier;
  readonly skills: readonly string[];
  readonly capacity: number;
  readonly open_count: number;
  readonly availability: Availability;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly seat: Seat | null;
}

export interface SignedIn {
  readonly user: User;
  readonly csrf_token: string;
}

export interface SeatName {
  readonly id: string;
  readonly name: string;
  readonly number: string;
}

/** One conversation as lists show it. */
export interface Row {
  readonly id: string;
  readonly contact: string;
  readonly channel: string;
  readonly state: ConversationState;
  readonly tier: Tier;
  readonly skill: string | null;
  readonly last_text: string;
  readonly last_at: string;
  readonly queued_at: string | null;
  readonly due_at: string | null;
  readonly position: number | null;
  readonly seat: SeatName | null;
  readonly accepted: boolean;
  readonly unread: number;
  readonly reason: string | null;
}

export interface ScoredMatch {
  readonly entry_id: string;
  readonly question: string;
  readonly score: number;
}

export interface EvidenceTurn {
  readonly turn_seq: number;
  readonly text: string;
  readonly outcome: Outcome;
  readonly intent: string | null;
  readonly confidence: number | null;
  readonly matches: readonly ScoredMatch[];
}

export interface EarlierConversation {
  readonly id: string;
  readonly state: ConversationState;
  readonly classification: string | null;
  readonly first_text: string;
  readonly created_at: string;
}

export interface Packet {
  readonly reason: string | null;
  readonly intent: string | null;
  readonly region: string | null;
  readonly evidence: readonly EvidenceTurn[];
  readonly contact: {
    readonly masked: string;
    readonly channel: string;
    readonly earlier: readonly EarlierConversation[];
  };
  readonly suggested: readonly ScoredMatch[];
}

export interface Assignment {
  readonly seat: SeatName;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly why: string;
  readonly reason: string | null;
}

export interface Order {
  readonly number: string;
  readonly conversation_id: string;
  readonly type: string;
  readonly state: string;
  readonly phone: string;
  readonly text: string | null;
  readonly created_at: string;
  readonly due_at: string;
  readonly closed_at: string | null;
  readonly reply: string | null;
}

export interface ConversationDetail {
  readonly conversation: Row;
  readonly packet: Packet;
  readonly assignments: readonly Assignment[];
  readonly orders: readonly Order[];
}

export interface Trace {
  readonly outcome: Outcome;
  readonly intent: string | null;
  readonly confidence: number | null;
  readonly entry_id: string | null;
  readonly score: number | null;
  readonly matches: readonly ScoredMatch[];
}

export interface StaffMessage extends Message {
  readonly trace?: Trace | null;
}

export interface OutgoingMessage {
  readonly client_message_id: string;
  readonly text: string;
  readonly kind: "text" | "note";
  readonly citations: readonly Citation[];
}

export interface EntryRow {
  readonly id: string;
  readonly question: string;
  readonly tax_type: string | null;
  readonly matter: string | null;
  readonly state: EntryState;
  readonly effective_from: string | null;
  readonly effective_to: string | null;
  readonly hits: number;
  readonly useless_rate: number | null;
  readonly owner: string;
  readonly review_by: string | null;
  readonly revision: number;
}

export type FacetName = "state" | "tax_type" | "matter";
export type Facets = Readonly<Record<FacetName, Readonly<Record<string, number>>>>;

export interface EntriesPage {
  readonly entries: readonly EntryRow[];
  readonly total: number;
  readonly facets: Facets;
}

/** What an editor can change in an entry. */
export interface EntryContent {
  id: string;
  question: string;
  similar_questions: string[];
  answer: string;
  details: string | null;
  citations: Citation[];
  tax_type: string | null;
  matter: string | null;
  audience: string[];
  region: string | null;
  effective_from: string | null;
  effective_to: string | null;
  review_by: string | null;
  risk_level: RiskLevel;
  related: string[];
  superseded_by: string | null;
}

export interface RevisionFacts {
  readonly revision: number;
  readonly state: RevisionState;
  readonly author: string;
  readonly reviewer: string | null;
  readonly note: string | null;
  readonly created_at: string;
  readonly published_at: string | null;
}

/** `lock_version` counts the saves of a draft; it goes back as `base_revision`. */
export type Revision = EntryContent & RevisionFacts & { readonly lock_version: number };

export interface EntryDetail {
  readonly entry: EntryRow;
  readonly published: Revision | null;
  readonly working: Revision | null;
  readonly revisions: readonly RevisionFacts[];
}

export interface SearchMatch extends ScoredMatch {
  readonly matched: string;
  readonly revision: number;
  readonly answer: string;
  readonly tax_type: string | null;
  readonly citations: readonly Citation[];
}

export interface SearchResult {
  readonly decision: Decision;
  readonly probability: number;
  readonly thresholds: { readonly answer: number; readonly clarify: number };
  readonly index_version: number | string;
  readonly matches: readonly SearchMatch[];
}

export interface NewUser {
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly capacity: number;
  readonly skills: readonly string[];
}

export type Frame =
  | { readonly type: "conversation"; readonly conversation: Row; readonly removed: boolean }
  | { readonly type: "message"; readonly conversation_id: string; readonly message: StaffMessage }
  | { readonly type: "seat"; readonly seat: Seat }
  | { readonly type: "typing"; readonly conversation_id: string }
  | { readonly type: "pong" };
