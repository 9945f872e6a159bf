/** Entries, their revisions, and search. */
import { get, post, put, query } from "./http";
import type { EntriesPage, EntryContent, EntryDetail, Revision, SearchResult } from "./schemas";

const at = (id: string, action = ""): string => `/entries/${encodeURIComponent(id)}${action}`;

export interface EntryFilter {
  readonly search: string;
  readonly state: string;
  readonly tax_type: string;
  readonly matter: string;
  readonly page: number;
}

export const listEntries = (filter: Partial<EntryFilter>): Promise<EntriesPage> =>
  get(`/entries?${query(filter)}`);

export const readEntry = (id: string): Promise<EntryDetail> => get(at(id));
export const readRevision = (id: string, revision: number): Promise<Revision> =>
  get(at(id, `/revisions/${revision}`));

export const createEntry = (content: EntryContent): Promise<Revision> => post("/entries", { content });
export const saveDraft = (content: EntryContent, base: number | null): Promise<Revision> =>
  put(at(content.id, "/draft"), { content, base_revision: base });
export const submitDraft = (id: string): Promise<Revision> => post(at(id, "/submit"));
/** `read` is the `lock_version` of what the reviewer read: nothing else is approved. */
export const approveDraft = (id: string, read: number | null): Promise<Revision> =>
  post(at(id, "/approve"), { base_revision: read });
export const rejectDraft = (id: string, note: string): Promise<Revision> => post(at(id, "/reject"), { note });
export const withdrawEntry = (id: string, reason: string): Promise<unknown> =>
  post(at(id, "/withdraw"), { reason });
export const restoreRevision = (id: string, revision: number): Promise<Revision> =>
  post(at(id, "/restore"), { revision });

interface Question {
  readonly text: string;
  readonly now?: string;
  readonly region?: string;
  readonly limit?: number;
}

export const search = (question: Question): Promise<SearchResult> => post("/search", question);
