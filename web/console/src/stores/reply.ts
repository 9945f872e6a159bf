/** What is being written to the open conversation: kept on this machine, and added to from the knowledge base. */
import { defineStore } from "pinia";
import { ref, watch } from "vue";
import type { Citation } from "../api/schemas";
import { basisLine, joinCitations } from "../lib/citations";
import { forgetOldDrafts, keepDraft, loadDraft, type DraftKind } from "../lib/drafts";
import { useSession } from "./session";
import { useTranscript } from "./transcript";

/** An answer that can go into a reply. */
export interface Quotable {
  readonly answer: string;
  readonly citations: readonly Citation[];
}

export const useReply = defineStore("reply", () => {
  const session = useSession();
  const transcript = useTranscript();
  const kind = ref<DraftKind>("text");
  const text = ref("");
  const citations = ref<readonly Citation[]>([]);
  const caret = ref(0);
  /** Counts up when the reply box is to take the focus. */
  const focusCalls = ref(0);

  const keyOf = (): { userId: string; conversationId: string; kind: DraftKind } | null =>
    session.user === null || transcript.id === null
      ? null
      : { userId: session.user.id, conversationId: transcript.id, kind: kind.value };

  function takeUp(): void {
    const key = keyOf();
    const draft = key === null ? { text: "", citations: [] } : loadDraft(localStorage, key);
    text.value = draft.text;
    citations.value = draft.citations;
    caret.value = draft.text.length;
  }

  watch(
    () => [session.user?.id, transcript.id, kind.value],
    () => {
      takeUp();
    },
    { immediate: true, flush: "sync" },
  );
  watch(
    [text, citations],
    () => {
      const key = keyOf();
      if (key === null) return;
      keepDraft(localStorage, key, { text: text.value, citations: citations.value }, Date.now());
    },
    { flush: "sync" },
  );
  forgetOldDrafts(localStorage, Date.now());

  function focus(wanted: DraftKind = kind.value): void {
    kind.value = wanted;
    focusCalls.value++;
  }

  /** Puts words in place of what stands between `start` and the caret. */
  function put(words: string, start: number = caret.value): void {
    text.value = text.value.slice(0, start) + words + text.value.slice(caret.value);
    caret.value = start + words.length;
    focusCalls.value++;
  }

  /** Puts in an answer with the line that names its basis; its citations go with the reply. */
  function quote(source: Quotable, start: number = caret.value): void {
    const basis = basisLine(source.citations);
    const before = text.value.slice(0, start);
    const gap = before === "" || before.endsWith("\n") ? "" : "\n";
    put(gap + source.answer + (basis === "" ? "" : `\n${basis}`), start);
    citations.value = joinCitations(citations.value, source.citations);
  }

  function drop(citation: Citation): void {
    citations.value = citations.value.filter((each) => each !== citation);
  }

  /** Sends what is written; it leaves the box at once, and stays in the transcript until it has arrived. */
  async function send(): Promise<void> {
    const words = text.value.trim();
    if (words === "") return;
    const message = { text: words, kind: kind.value, citations: citations.value };
    text.value = "";
    citations.value = [];
    caret.value = 0;
    await transcript.send(message);
  }

  return { kind, text, citations, caret, focusCalls, focus, put, quote, drop, send };
});
