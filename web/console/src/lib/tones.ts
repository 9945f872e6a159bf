/** The tone of a state's dot. The colour only repeats what the word says. */
import type { Decision, EntryState, RevisionState } from "../api/schemas";

export type Tone = "good" | "warn" | "bad" | "busy" | "quiet";

export const ENTRY_TONE: Readonly<Record<EntryState, Tone>> = {
  published: "good",
  draft: "quiet",
  in_review: "busy",
  expired: "warn",
  withdrawn: "quiet",
};

export const REVISION_TONE: Readonly<Record<RevisionState, Tone>> = {
  draft: "quiet",
  in_review: "busy",
  published: "good",
  withdrawn: "quiet",
  replaced: "quiet",
  rejected: "bad",
};

export const DECISION_TONE: Readonly<Record<Decision, Tone>> = {
  answer: "good",
  clarify: "warn",
  no_answer: "quiet",
};
