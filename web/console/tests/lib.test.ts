import { describe, expect, it } from "vitest";
import { cannedReplies, filled } from "../src/lib/canned";
import { citationName, joinCitations } from "../src/lib/citations";
import { compareTexts, type Piece } from "../src/lib/diff";
import { forgetOldDrafts, keepDraft, loadDraft } from "../src/lib/drafts";
import { agoWords, dueWords, greetingAt, spanWords, urgencyOf } from "../src/lib/time";
import { triggerAt } from "../src/lib/trigger";
import { TODAY_AT, validityBar } from "../src/lib/validity";
import { filterOf, queryOf } from "../src/pages/knowledge/filter";

const NOW = Date.parse("2026-11-25T10:00:00+08:00");
const before = (milliseconds: number): string => new Date(NOW - milliseconds).toISOString();
const MINUTE = 60_000;

describe("words for time", () => {
  it.each([
    [before(20_000), "刚刚"],
    [before(3 * MINUTE), "3 分钟前"],
    ["2026-11-25T07:30:00+08:00", "2 小时前"],
    ["2026-11-24T23:59:00+08:00", "昨天 23:59"],
    ["2026-11-20T08:00:00+08:00", "11月20日"],
    ["2025-11-20T08:00:00+08:00", "2025-11-20"],
  ])("%s is %s", (at, words) => {
    expect(agoWords(at, NOW)).toBe(words);
  });

  it("counts China's days, wherever the browser is", () => {
    expect(agoWords("2026-11-24T15:30:00Z", Date.parse("2026-11-24T17:30:00Z"))).toBe("昨天 23:30");
  });

  it("says how much of a deadline is left, or how far it is past", () => {
    expect(dueWords(before(-40_000), NOW)).toBe("还剩 40 秒");
    expect(dueWords(before(2 * MINUTE), NOW)).toBe("超时 2 分");
    expect(spanWords(65 * MINUTE)).toBe("1 小时 5 分");
  });

  it("turns amber at half time and red at the deadline", () => {
    const since = before(0);
    const due = before(-2 * MINUTE);
    expect(urgencyOf(due, since, NOW + 59_000)).toBe("calm");
    expect(urgencyOf(due, since, NOW + MINUTE)).toBe("soon");
    expect(urgencyOf(due, since, NOW + 2 * MINUTE)).toBe("late");
    expect(urgencyOf(null, since, NOW)).toBe("calm");
  });
});

describe("the sign just typed", () => {
  it.each([
    ["/", "/", ""],
    ["您好 /nh", "/", "nh"],
    ["查一下@起征点", "@", "起征点"],
  ])("%s opens a list", (text, sign, wanted) => {
    expect(triggerAt(text, text.length)).toMatchObject({ sign, wanted });
  });

  it.each(["2026/11", "元/月", "@起征点 是", "没有"])("%s opens none", (text) => {
    expect(triggerAt(text, text.length)).toBeNull();
  });

  it("is looked for before the caret, and begins at the sign", () => {
    expect(triggerAt("您好@免税，谢谢", 5)).toEqual({ sign: "@", wanted: "免税", start: 2 });
  });
});

describe("canned replies", () => {
  it("put the one with that code first", () => {
    expect(cannedReplies("ZJ")[0]?.title).toBe("转专家");
    expect(cannedReplies("专家").map(({ code }) => code)).toContain("zj");
    expect(cannedReplies("没有这样的话")).toEqual([]);
  });

  it("are found by their category, each once", () => {
    expect(cannedReplies("追问").map(({ code }) => code)).toEqual(["bc", "ys"]);
    expect(new Set(cannedReplies("")).size).toBe(cannedReplies("").length);
  });

  it("have their variables filled in, and show those that have no value", () => {
    expect(filled("{时段}，我是 {坐席} 号", { 坐席: "1023" })).toBe("{时段}，我是 1023 号");
  });

  it.each([
    ["2026-11-25T04:59:00+08:00", "晚上好"],
    ["2026-11-25T05:00:00+08:00", "上午好"],
    ["2026-11-25T12:00:00+08:00", "下午好"],
    ["2026-11-25T18:00:00+08:00", "晚上好"],
  ])("greet at %s with %s", (at, words) => {
    expect(greetingAt(Date.parse(at))).toBe(words);
  });
});

describe("comparing two texts", () => {
  const textOf = (pieces: readonly Piece[] | null): string => (pieces ?? []).map(({ text }) => text).join("");
  const changedOf = (pieces: readonly Piece[] | null): string[] =>
    (pieces ?? []).filter(({ changed }) => changed).map(({ text }) => text);

  it("marks the characters that differ within a line", () => {
    const [line] = compareTexts("季度30万元以下免征", "季度10万元以下免征");
    expect(line?.kind).toBe("changed");
    expect(changedOf(line?.before ?? null)).toEqual(["3"]);
    expect(changedOf(line?.after ?? null)).toEqual(["1"]);
  });

  it("keeps every line of both sides, in order", () => {
    const [left, right] = ["甲\n乙\n丙", "甲\n丙\n丁\n戊"];
    const rows = compareTexts(left, right);
    const side = (pick: "before" | "after"): string =>
      rows
        .filter((row) => row[pick] !== null)
        .map((row) => textOf(row[pick]))
        .join("\n");
    expect([side("before"), side("after")]).toEqual([left, right]);
    expect(rows.map(({ kind }) => kind)).toEqual(["same", "removed", "same", "added", "added"]);
  });
});

describe("drafts", () => {
  const key = { userId: "u", conversationId: "c", kind: "text" } as const;

  it("come back, and are forgotten when emptied or a week old", () => {
    localStorage.clear();
    keepDraft(localStorage, key, { text: "写了一半", citations: [] }, NOW);
    expect(loadDraft(localStorage, key).text).toBe("写了一半");
    forgetOldDrafts(localStorage, NOW + 6 * 24 * 60 * MINUTE);
    expect(loadDraft(localStorage, key).text).toBe("写了一半");
    forgetOldDrafts(localStorage, NOW + 8 * 24 * 60 * MINUTE);
    expect(loadDraft(localStorage, key).text).toBe("");
    keepDraft(localStorage, key, { text: "", citations: [] }, NOW);
    expect(localStorage).toHaveLength(0);
  });
});

describe("citations", () => {
  it("are named once each, with one pair of book marks", () => {
    const law = { title: "《增值税法》", document_number: "主席令第41号", article: "第一条" };
    expect(citationName(law)).toBe("《增值税法》（主席令第41号）第一条");
    expect(joinCitations([law], [{ ...law }, { title: "公告" }])).toHaveLength(2);
  });
});

describe("validity", () => {
  it.each([
    ["2026-11-26", null, "future"],
    ["2026-01-01", null, "current"],
    ["2026-01-01", "2026-11-25", "ending"],
    ["2025-01-01", "2026-11-24", "ended"],
  ])("from %s to %s is %s", (from, to, standing) => {
    expect(validityBar(from, to, "2026-11-25").standing).toBe(standing);
  });

  it("begins at today's mark on the day it begins", () => {
    expect(validityBar("2026-11-25", null, "2026-11-25")).toMatchObject({ start: TODAY_AT, end: 100 });
  });
});

describe("the filter in the address", () => {
  it("goes back to the first page when it changes", () => {
    const filter = filterOf({ state: "draft", page: "3", search: "" });
    expect(filter).toMatchObject({ state: "draft", page: 3, tax_type: "" });
    expect(queryOf(filter, { tax_type: "增值税" })).toEqual({ state: "draft", tax_type: "增值税" });
    expect(queryOf(filter, { page: 4 })).toEqual({ state: "draft", page: "4" });
    expect(filterOf({ page: "abc" }).page).toBe(1);
  });
});
