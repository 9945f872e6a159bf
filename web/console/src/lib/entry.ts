/** An entry's content as the editor holds it, and what differs between two revisions. Pure. */
import type { Citation, EntryContent, Revision } from "../api/schemas";
import { citationName } from "./citations";
import { compareTexts, type DiffRow } from "./diff";
import { RISK } from "./words";

export const MAX_ANSWER_LENGTH = 120;
export const MIN_SIMILAR_QUESTIONS = 5;

export const emptyContent = (): EntryContent => ({
  id: "",
  question: "",
  similar_questions: [],
  answer: "",
  details: null,
  citations: [],
  tax_type: null,
  matter: null,
  audience: [],
  region: null,
  effective_from: null,
  effective_to: null,
  review_by: null,
  risk_level: "direct",
  related: [],
  superseded_by: null,
});

export const emptyCitation = (): Citation => ({
  title: "",
  document_number: null,
  article: null,
  issuer: null,
  issued_on: null,
  url: null,
});

/** A copy that can be edited, without what the server adds to a revision. */
export function contentOf(whole: Revision): EntryContent {
  const { revision, state, author, reviewer, note, created_at, published_at, lock_version, ...content } =
    whole;
  return structuredClone(content);
}

/** What is sent: lists without empty lines, and no empty words where there is nothing. */
export function cleaned(content: EntryContent): EntryContent {
  const lines = (list: readonly string[]): string[] =>
    list.map((line) => line.trim()).filter((line) => line !== "");
  const word = (text: string | null): string | null => (text?.trim() ? text.trim() : null);
  return {
    ...content,
    id: content.id.trim(),
    question: content.question.trim(),
    answer: content.answer.trim(),
    details: word(content.details),
    region: word(content.region),
    tax_type: word(content.tax_type),
    matter: word(content.matter),
    superseded_by: word(content.superseded_by),
    similar_questions: lines(content.similar_questions),
    audience: lines(content.audience),
    related: lines(content.related),
    citations: content.citations.filter((citation) => citation.title.trim() !== ""),
  };
}

export const sameContent = (one: EntryContent, other: EntryContent): boolean =>
  JSON.stringify(cleaned(one)) === JSON.stringify(cleaned(other));

export interface Difference {
  readonly label: string;
  readonly rows: readonly DiffRow[];
}

/** The fields in which two texts of an entry differ, each line by line. */
export function differences(before: EntryContent, after: EntryContent): readonly Difference[] {
  const now = comparable(cleaned(after));
  return comparable(cleaned(before)).flatMap(({ label, text }, place) => {
    const other = now[place]?.text ?? "";
    return text === other ? [] : [{ label, rows: compareTexts(text, other) }];
  });
}

/** The fields of an entry as labelled text. */
function comparable(content: EntryContent): readonly { label: string; text: string }[] {
  const citation = (each: Citation): string =>
    [citationName(each), each.issuer, each.issued_on, each.effective_from, each.effective_to, each.url]
      .filter((part) => part)
      .join(" · ");
  return [
    { label: "问题", text: content.question },
    { label: "相似问法", text: content.similar_questions.join("\n") },
    { label: "简答", text: content.answer },
    { label: "详细说明", text: content.details ?? "" },
    { label: "依据", text: content.citations.map(citation).join("\n") },
    { label: "税费种", text: content.tax_type ?? "" },
    { label: "事项", text: content.matter ?? "" },
    { label: "适用对象", text: content.audience.join("\n") },
    { label: "地区", text: content.region ?? "全国" },
    { label: "生效日期", text: content.effective_from ?? "" },
    { label: "失效日期", text: content.effective_to ?? "" },
    { label: "复核日期", text: content.review_by ?? "" },
    { label: "风险等级", text: RISK[content.risk_level] },
    { label: "相关条目", text: content.related.join("\n") },
    { label: "被替代为", text: content.superseded_by ?? "" },
  ];
}
