/** Entries for the reply: those that the contact's newest message finds, else those the conversation brought up. */
import { defineStore } from "pinia";
import { computed } from "vue";
import { ApiError } from "../api/http";
import { readEntry } from "../api/knowledge";
import type { ScoredMatch, SearchMatch } from "../api/schemas";
import { useAction } from "../composables/action";
import { useTypedEntries } from "../composables/typed";
import { useReply, type Quotable } from "./reply";
import { useTranscript } from "./transcript";

/** The best few; what comes after them is seldom right, and searching is next to it. */
const SUGGESTED = 3;
/** Below, the probability reads "0%" and the entry is beside the point. */
const WORTH_SHOWING = 0.005;

export type Suggestion = ScoredMatch | SearchMatch;

export const useSuggestions = defineStore("suggestions", () => {
  const transcript = useTranscript();
  const reply = useReply();
  const { busy, run } = useAction();

  const newest = computed(
    () => transcript.messages.filter(({ sender }) => sender === "contact").at(-1)?.text ?? "",
  );
  const { found } = useTypedEntries(() => (transcript.isMine ? newest.value : ""));
  const offered = computed<readonly Suggestion[]>(() =>
    (found.value.length > 0 ? found.value : (transcript.detail?.packet.suggested ?? []))
      .filter(({ score }) => score >= WORTH_SHOWING)
      .slice(0, SUGGESTED),
  );
  const insertable = computed(() => !busy.value && (transcript.isMine || reply.kind === "note"));

  async function insert(match: Suggestion): Promise<void> {
    if (!insertable.value) return;
    await run(async () => {
      reply.quote("answer" in match ? match : await published(match.entry_id));
    });
  }

  return { offered, insertable, insert };
});

async function published(entryId: string): Promise<Quotable> {
  const entry = await readEntry(entryId);
  if (entry.published === null) throw new ApiError("not_published", "这个条目现在没有已发布的内容。", 0);
  return entry.published;
}
