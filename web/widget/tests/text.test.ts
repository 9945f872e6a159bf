import { describe, expect, test } from "vitest";
import { h } from "../src/view/dom";
import { externalLink, richText } from "../src/view/text";

function shown(text: string, figures = true): HTMLElement {
  return h("div", {}, ...richText(text, { figures }));
}

describe("the figures of an answer", () => {
  test.each([
    ["季度销售额未达到30万元的免征。", ["30万元"]],
    ["减按1%征收，3个月内、12月31日前办理。", ["1%", "3个月", "12月31日"]],
    ["最长不超过5年，2026年起10年。", ["5年", "10年"]],
    ["每月 2000 元，共 1,200.50元。", ["2000 元", "1,200.50元"]],
    ["依据公告2026年第10号第二十三条。", []],
    ["财税〔2016〕36号、第3次、版本1.20元。", ["1.20元"]],
  ])("%s", (text, figures) => {
    const bold = [...shown(text).querySelectorAll("strong")].map((figure) => figure.textContent);
    expect(bold).toEqual(figures);
    expect(shown(text).textContent).toBe(text);
  });

  test("are not set off in what is no answer", () => {
    expect(shown("30万元", false).querySelector("strong")).toBeNull();
  });
});

describe("addresses in a text", () => {
  test("are links up to the punctuation behind them", () => {
    const links = [...shown("见https://etax.example.cn/a，或 http://b.cn。").querySelectorAll("a")];
    expect(links.map((link) => link.href)).toEqual(["https://etax.example.cn/a", "http://b.cn/"]);
    expect(links.every((link) => link.rel === "noopener noreferrer")).toBe(true);
  });

  test("show their host when the words do not", () => {
    expect(externalLink("https://a.cn/x", "查看原文")?.textContent).toContain("（a.cn）");
    expect(externalLink("https://a.cn/x", "https://a.cn/x")?.textContent).not.toContain("（a.cn）");
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "/relative", "ftp://a.cn", "https://"])(
    "%s is not followed",
    (address) => {
      expect(externalLink(address, "x")).toBeNull();
    },
  );

  test("telephone numbers and mail stay in this window", () => {
    expect(externalLink("tel:12366", "12366")?.hasAttribute("target")).toBe(false);
  });
});

test("markup in a text stays text", () => {
  const trick = "<script>alert(1)</script> **粗** <img src=x onerror=alert(1)>";
  const element = shown(trick);
  expect(element.textContent).toBe(trick);
  expect(element.children).toHaveLength(0);
});
