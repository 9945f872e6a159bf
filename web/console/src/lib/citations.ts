/** How a reply names the rules it rests on. Pure. */
import type { Citation } from "../api/schemas";

/** "《增值税法》（主席令第41号）第二十三条". */
export function citationName({ title, document_number, article }: Citation): string {
  const name = /^《.*》$/.test(title) ? title : `《${title}》`;
  return `${name}${document_number ? `（${document_number}）` : ""}${article ?? ""}`;
}

/** The line under an answer that a person sends. */
export const basisLine = (citations: readonly Citation[]): string =>
  citations.length === 0 ? "" : `依据：${citations.map(citationName).join("；")}`;

const identity = (citation: Citation): string =>
  [citation.title, citation.document_number, citation.article].join("|");

/** Both lists, each rule once. */
export function joinCitations(first: readonly Citation[], second: readonly Citation[]): Citation[] {
  const known = new Set(first.map(identity));
  return [...first, ...second.filter((citation) => !known.has(identity(citation)))];
}
