/** The entry that is open: what is typed, what the server has, and the steps from draft to published. */
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { ApiError, wordsOf } from "../api/http";
import * as knowledge from "../api/knowledge";
import type { EntryContent, EntryDetail, Revision } from "../api/schemas";
import { saySuccess, useAction } from "../composables/action";
import { cleaned, contentOf, emptyContent, sameContent } from "../lib/entry";
import { useSession } from "./session";

export const useEntry = defineStore("entry", () => {
  const session = useSession();
  /** Null while the entry does not exist on the server. */
  const id = ref<string | null>(null);
  const detail = shallowRef<EntryDetail | null>(null);
  const content = ref<EntryContent>(emptyContent());
  const stored = ref<EntryContent>(emptyContent());
  /** Why the entry could not be read. */
  const failure = ref<string | null>(null);
  /** What the server has against the last step. */
  const problems = ref<readonly string[]>([]);
  /** Who typed it. */
  let writer: string | null = null;
  const { busy, run } = useAction((error) => {
    const several = error instanceof ApiError && error.problems.length > 0;
    problems.value = several ? error.problems : [wordsOf(error)];
  });

  const working = computed(() => detail.value?.working ?? null);
  const dirty = computed(() => !sameContent(content.value, stored.value));
  const edits = computed(() => session.may("content"));
  const inReview = computed(() => working.value?.state === "in_review");
  const editable = computed(() => edits.value && !inReview.value);
  /** Whoever wrote what is in review cannot approve it. */
  const isAuthor = computed(() => working.value?.author === session.user?.username);
  const may = computed(() => ({
    save: editable.value && dirty.value,
    submit: editable.value && (dirty.value || working.value !== null),
    approve: edits.value && inReview.value && !isAuthor.value,
    reject: edits.value && inReview.value,
    withdraw: edits.value && detail.value !== null && detail.value.published !== null,
    restore: editable.value && working.value === null && !dirty.value,
  }));

  function show(shown: EntryContent): void {
    content.value = shown;
    stored.value = structuredClone(shown);
  }

  /** Opens an entry, or a new one. Who comes back after their session ended finds what they had typed. */
  async function open(entryId: string | null): Promise<void> {
    const user = session.user?.id ?? null;
    if (entryId === id.value && user === writer) return;
    close();
    id.value = entryId;
    writer = user;
    if (entryId !== null) await load();
  }

  function close(): void {
    id.value = null;
    writer = null;
    detail.value = null;
    failure.value = null;
    problems.value = [];
    show(emptyContent());
  }

  async function load(): Promise<void> {
    failure.value = null;
    try {
      await read();
    } catch (error) {
      failure.value = wordsOf(error);
    }
  }

  async function read(): Promise<void> {
    const wanted = id.value;
    if (wanted === null) return;
    const fresh = await knowledge.readEntry(wanted);
    const shown = fresh.working ?? fresh.published ?? (await newest(fresh));
    if (id.value !== wanted) return;
    detail.value = fresh;
    show(contentOf(shown));
  }

  /** One step on the server; what came of it is read again. A step that failed leaves what was typed. */
  async function step(success: string, work: () => Promise<unknown>): Promise<boolean> {
    problems.value = [];
    const done = await run(async () => {
      await work();
      await read();
    });
    if (done) saySuccess(success);
    return done;
  }

  async function store(): Promise<void> {
    const sent = cleaned(content.value);
    const draft =
      id.value === null
        ? await knowledge.createEntry(sent)
        : await knowledge.saveDraft(sent, working.value?.lock_version ?? null);
    show(contentOf(draft));
    id.value = draft.id;
    await read();
  }

  const save = (): Promise<boolean> => step("草稿已保存", store);
  const submit = (): Promise<boolean> =>
    step("已提交审核", async () => {
      if (dirty.value) await store();
      await knowledge.submitDraft(content.value.id);
    });
  const approve = (): Promise<boolean> =>
    step("已发布，现在起按新内容回答", () =>
      knowledge.approveDraft(content.value.id, working.value?.lock_version ?? null),
    );
  const reject = (note: string): Promise<boolean> =>
    step("已退回修改", () => knowledge.rejectDraft(content.value.id, note));
  const withdraw = (reason: string): Promise<boolean> =>
    step("已下线，不再用于回答", () => knowledge.withdrawEntry(content.value.id, reason));
  const restore = (revision: number): Promise<boolean> =>
    step(`已用第 ${revision} 版建立草稿`, () => knowledge.restoreRevision(content.value.id, revision));

  return {
    id,
    detail,
    content,
    failure,
    problems,
    busy,
    dirty,
    editable,
    inReview,
    isAuthor,
    may,
    open,
    close,
    load,
    save,
    submit,
    approve,
    reject,
    withdraw,
    restore,
  };
});

/** What a withdrawn entry said last. */
async function newest({ entry, revisions }: EntryDetail): Promise<Revision> {
  const last = Math.max(...revisions.map(({ revision }) => revision));
  return knowledge.readRevision(entry.id, last);
}
