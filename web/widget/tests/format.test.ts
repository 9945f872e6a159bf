import { describe, expect, test } from "vitest";
import { INITIAL } from "../src/store";
import {
  citationWords,
  dayOf,
  dayWords,
  queueWords,
  standingWords,
  timeOf,
  validityWords,
} from "../src/view/format";

describe("days and times are those of the service", () => {
  test("midnight in China belongs to the day that begins", () => {
    expect(dayOf("2026-11-23T16:00:00Z")).toBe("2026-11-24");
    expect(timeOf("2026-11-23T16:00:00Z")).toBe("00:00");
    expect(dayOf("2026-11-23T15:59:59Z")).toBe("2026-11-23");
  });

  test("today and yesterday are called so", () => {
    const now = Date.parse("2026-11-24T01:00:00Z");
    expect(dayWords("2026-11-23T17:00:00Z", now)).toBe("今天");
    expect(dayWords("2026-11-23T15:00:00Z", now)).toBe("昨天");
    expect(dayWords("2026-11-20T02:00:00Z", now)).toContain("2026年11月20日");
  });
});

describe("validity", () => {
  test.each([
    ["2026-01-01", "2027-12-31", null, "适用 2026-01-01 至 2027-12-31 · 全国"],
    ["2026-01-01", null, "宁波市", "适用 2026-01-01 起 · 宁波市"],
    [null, "2027-12-31", null, "适用 至 2027-12-31 · 全国"],
    [null, null, null, "适用期限未注明 · 全国"],
  ])("%s – %s, %s", (effective_from, effective_to, region, words) => {
    expect(validityWords({ effective_from, effective_to, region })).toBe(words);
  });

  test("is always said, even when nothing is known", () => {
    expect(validityWords(null)).toBe("适用期限未注明 · 全国");
  });
});

test("the basis is named by its first two rules", () => {
  const law = { title: "《增值税法》", article: "第二十三条" };
  const notice = { title: "关于…的公告", document_number: "公告2026年第10号" };
  expect(citationWords([law])).toBe("增值税法第二十三条");
  expect(citationWords([law, notice, notice])).toBe("增值税法第二十三条；公告2026年第10号 等 3 项");
  expect(citationWords([{ title: "纳税服务规范" }])).toBe("纳税服务规范");
});

describe("how things stand", () => {
  test.each([
    [1, [0, 30], "您是下一位，约 1 分钟"],
    [1, [0, 240], "您是下一位，约 4 分钟以内"],
    [4, [240, 420], "前面 3 人，约 4–7 分钟"],
  ] as const)("place %i, %j", (position, wait_seconds, words) => {
    expect(queueWords({ state: "queued", queue: { position, wait_seconds }, agent: null })).toBe(words);
  });

  test("a person is named by the seat's number, however the server writes it", () => {
    const state = { ...INITIAL, state: "assigned" } as const;
    expect(standingWords({ ...state, agent: { name: "1023" } })).toBe("人工坐席 1023 为您服务");
    expect(standingWords({ ...state, agent: { name: "坐席 1023" } })).toBe("人工坐席 1023 为您服务");
  });

  test("a seat that has not yet taken the conversation up is not called a person who serves", () => {
    expect(standingWords({ ...INITIAL, state: "assigned" })).toBe("已为您安排坐席，正在接入");
  });

  test("a broken line is said before anything else", () => {
    expect(standingWords({ ...INITIAL, link: "offline" })).toContain("网络已断开");
    expect(standingWords(INITIAL)).toBe("智能助手在线");
    expect(standingWords({ ...INITIAL, state: "queued" })).toBe("排队中，正在为您联系人工坐席");
    expect(standingWords({ ...INITIAL, state: "resolved" })).toBe("本次咨询已结束");
  });
});
