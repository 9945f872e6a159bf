import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it } from "vitest";
import { watch } from "vue";
import type { EntryContent, EntryDetail, Revision, RevisionState, Role } from "../src/api/schemas";
import { cleaned, differences, emptyContent } from "../src/lib/entry";
import { useEntry } from "../src/stores/entry";
import { useSession } from "../src/stores/session";
import { Refusal, signedInAs, standIn } from "./stand-in";

const content = (change: Partial<EntryContent> = {}): EntryContent => ({
  ...emptyContent(),
  id: "vat",
  question: "要交增值税吗",
  answer: "不用交。",
  ...change,
});

const revision = (number: number, state: RevisionState, change: Partial<Revision> = {}): Revision => ({
  ...content(),
  revision: number,
  state,
  author: "editor",
  reviewer: null,
  note: null,
  created_at: "2026-11-25T10:00:00+08:00",
  published_at: null,
  lock_version: 3,
  ...change,
});

function detail(published: Revision | null, working: Revision | null): EntryDetail {
  const revisions = [working, published].filter((each) => each !== null);
  return { entry: { id: "vat" } as EntryDetail["entry"], published, working, revisions };
}

async function enter(username: string, ...roles: Role[]): Promise<void> {
  standIn({ "POST /session": () => signedInAs(username, roles) });
  await useSession().signIn(username, "");
}

beforeEach(async () => {
  setActivePinia(createPinia());
  await enter("editor", "content");
});

describe("the open entry", () => {
  it("shows the draft before what is published, and sends back the save it began from", async () => {
    const entry = useEntry();
    const draft = revision(2, "draft", { answer: "草稿。" });
    const sent = standIn({
      "GET /entries/vat": () => detail(revision(1, "published"), draft),
      "PUT /entries/vat/draft": () => draft,
    });
    await entry.open("vat");
    expect(entry.content.answer).toBe("草稿。");
    expect(entry.dirty).toBe(false);
    entry.content.answer = "改过。";
    expect(await entry.save()).toBe(true);
    expect(sent.find(({ call }) => call.startsWith("PUT"))?.body).toMatchObject({
      base_revision: 3,
      content: { answer: "改过。" },
    });
  });

  it("shows a withdrawn entry's last text", async () => {
    const entry = useEntry();
    const withdrawn = revision(4, "withdrawn", { answer: "曾经。" });
    standIn({
      "GET /entries/vat": () => ({ ...detail(null, null), revisions: [revision(2, "replaced"), withdrawn] }),
      "GET /entries/vat/revisions/4": () => withdrawn,
    });
    await entry.open("vat");
    expect(entry.content.answer).toBe("曾经。");
    expect(entry.may.withdraw).toBe(false);
  });

  it("keeps what was typed when somebody else saved first", async () => {
    const entry = useEntry();
    standIn({
      "GET /entries/vat": () => detail(null, revision(1, "draft")),
      "PUT /entries/vat/draft": () => new Refusal(409, "stale_draft", "这份草稿已被他人修改。"),
    });
    await entry.open("vat");
    entry.content.answer = "我写的。";
    expect(await entry.save()).toBe(false);
    expect(entry.content.answer).toBe("我写的。");
    expect(entry.problems).toEqual(["这份草稿已被他人修改。"]);
  });

  it("exists from the first save on, even when submitting is refused", async () => {
    const entry = useEntry();
    const made = revision(1, "draft", { question: "新问题" });
    standIn({
      "POST /entries": () => made,
      "GET /entries/vat": () => detail(null, made),
      "POST /entries/vat/submit": () =>
        new Refusal(422, "not_publishable", "不能发布。", ["缺少依据", "缺少事项"]),
    });
    await entry.open(null);
    const unsavedOnArrival: boolean[] = [];
    watch(
      () => entry.id,
      () => unsavedOnArrival.push(entry.dirty),
      { flush: "sync" },
    );
    Object.assign(entry.content, content({ question: "新问题" }));
    expect(await entry.submit()).toBe(false);
    expect(entry.id).toBe("vat");
    expect(unsavedOnArrival).toEqual([false]);
    expect(entry.problems).toEqual(["缺少依据", "缺少事项"]);
  });

  it("is there again for who comes back after their session ended, and for nobody else", async () => {
    const entry = useEntry();
    standIn({ "GET /entries/vat": () => detail(revision(1, "published"), null) });
    await entry.open("vat");
    entry.content.answer = "写了一半";
    useSession().leave();
    await enter("editor", "content");
    standIn({ "GET /entries/vat": () => detail(revision(1, "published"), null) });
    await entry.open("vat");
    expect(entry.content.answer).toBe("写了一半");
    await enter("reviewer", "content");
    standIn({ "GET /entries/vat": () => detail(revision(1, "published"), null) });
    await entry.open("vat");
    expect(entry.content.answer).toBe("不用交。");
  });
});

describe("what may be done with an entry in review", () => {
  beforeEach(() => {
    setActivePinia(createPinia());
  });

  it.each([
    { username: "editor", roles: ["content"], approve: false, reject: true },
    { username: "reviewer", roles: ["content"], approve: true, reject: true },
    { username: "agent", roles: ["agent"], approve: false, reject: false },
  ] as const)("$username: approve $approve, reject $reject", async ({ username, roles, approve, reject }) => {
    await enter(username, ...roles);
    standIn({ "GET /entries/vat": () => detail(null, revision(1, "in_review")) });
    await useEntry().open("vat");
    expect(useEntry().may).toMatchObject({ approve, reject, save: false, submit: false, restore: false });
  });
});

describe("an entry's text", () => {
  it("is sent without empty lines, unnamed documents and empty words", () => {
    const typed = content({
      similar_questions: ["要交税吗 ", "", "  "],
      details: "  ",
      citations: [{ title: " " }, { title: "增值税法", article: "第一条" }],
    });
    expect(cleaned(typed)).toMatchObject({
      similar_questions: ["要交税吗"],
      details: null,
      citations: [{ title: "增值税法" }],
    });
  });

  it("is compared field by field; what is the same is left out", () => {
    const found = differences(content(), content({ answer: "要交。", similar_questions: [""] }));
    expect(found.map(({ label }) => label)).toEqual(["简答"]);
  });
});
