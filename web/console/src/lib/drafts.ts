/** What was typed and not yet sent, kept on this machine for each user, conversation and tab of the reply box. */
import type { Citation } from "../api/schemas";

export type DraftKind = "text" | "note";

export interface Draft {
  readonly text: string;
  readonly citations: readonly Citation[];
}

export interface DraftKey {
  readonly userId: string;
  readonly conversationId: string;
  readonly kind: DraftKind;
}

const PREFIX = "tongda.draft.";
const KEEP_MS = 7 * 24 * 60 * 60 * 1000;
const EMPTY_DRAFT: Draft = { text: "", citations: [] };

const nameOf = ({ userId, conversationId, kind }: DraftKey): string =>
  `${PREFIX}${userId}.${conversationId}.${kind}`;

export function loadDraft(storage: Storage, key: DraftKey): Draft {
  const kept = parse(storage.getItem(nameOf(key)));
  return kept === null ? EMPTY_DRAFT : { text: kept.text, citations: kept.citations };
}

/** An empty draft is forgotten. A full storage costs the draft on reload, and nothing else. */
export function keepDraft(storage: Storage, key: DraftKey, draft: Draft, now: number): void {
  if (draft.text === "" && draft.citations.length === 0) {
    storage.removeItem(nameOf(key));
    return;
  }
  try {
    storage.setItem(nameOf(key), JSON.stringify({ ...draft, kept_at: now }));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

/** Forgets drafts that nobody came back to. */
export function forgetOldDrafts(storage: Storage, now: number): void {
  const names = Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? "");
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const kept = parse(storage.getItem(name));
    if (kept === null || now - kept.kept_at > KEEP_MS) storage.removeItem(name);
  }
}

function parse(text: string | null): (Draft & { kept_at: number }) | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as Draft & { kept_at: number };
  } catch {
    return null;
  }
}
