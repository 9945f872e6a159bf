import { describe, expect, test } from "vitest";
import { renderMarkdown } from "../src/view/markdown";

describe("Markdown becomes elements", () => {
  test("lists, tables, headings and emphasis are shown as such", () => {
    const prose = renderMarkdown(
      "## 条件\n\n- 季度 **30万**\n  1. 先\n  2. 后\n\n| 税种 | 税率 |\n|---|---|\n| 契税 | *1%* |\n\n> 注\n\n---\n\n`代码`",
    );
    expect(prose.querySelector("p.heading")?.textContent).toBe("条件");
    expect(prose.querySelector("ul > li strong")?.textContent).toBe("30万");
    expect([...prose.querySelectorAll("ol > li")].map((item) => item.textContent)).toEqual(["先", "后"]);
    expect(prose.querySelector("th[scope=col]")?.textContent).toBe("税种");
    expect(prose.querySelector("td em")?.textContent).toBe("1%");
    expect(prose.querySelector("blockquote")?.textContent).toBe("注");
    expect(prose.querySelector("hr")).not.toBeNull();
    expect(prose.querySelector("p > code")?.textContent).toBe("代码");
  });

  test("a wide table scrolls by itself and can be reached by keyboard", () => {
    const scroll = renderMarkdown("| 甲 |\n|---|\n| 乙 |").querySelector(".scroll");
    expect(scroll?.getAttribute("tabindex")).toBe("0");
    expect(scroll?.getAttribute("role")).toBe("region");
  });

  test("a list that starts at three says so", () => {
    expect(renderMarkdown("3. 三\n4. 四").querySelector("ol")?.getAttribute("start")).toBe("3");
  });

  test("a link opens elsewhere, without a way back, and shows its host", () => {
    const link = renderMarkdown("[公告](https://example.cn/a?b=1)").querySelector("a");
    expect(link?.href).toBe("https://example.cn/a?b=1");
    expect(link?.target).toBe("_blank");
    expect(link?.rel).toBe("noopener noreferrer");
    expect(link?.textContent).toContain("（example.cn）");
  });
});

describe("Markdown can do no harm", () => {
  const tricks = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<a href="javascript:alert(1)">x</a>',
    "<style>*{display:none}</style>",
    "before <b onclick=alert(1)>bold</b> after",
    "```html\n<script>alert(1)</script>\n```",
    "`<img src=x onerror=alert(1)>`",
    "<!-- --><script>alert(1)</script>",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>x</script> |",
  ];
  const allowed = "A BLOCKQUOTE BR CODE DEL DIV EM HR LI OL P PRE SPAN STRONG TABLE TBODY TD TH THEAD TR UL";

  test.each(tricks)("%s stays text", (trick) => {
    const prose = renderMarkdown(trick);
    for (const element of prose.querySelectorAll("*")) {
      expect(allowed.split(" ")).toContain(element.tagName);
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on|^src|^style/);
    }
    const marks = /<[^>]*(?:alert|onclick|display|<script>x)/.exec(trick)?.[0] ?? "";
    expect(prose.textContent).toContain(marks);
  });

  test.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox)",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "<javascript:alert(1)>",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[x](//example.cn)",
    "[x](/console)",
  ])("%s is no link", (trick) => {
    expect(renderMarkdown(trick).querySelector("a")).toBeNull();
  });

  test("a picture becomes its description, and nothing is fetched for it", () => {
    const prose = renderMarkdown("![流程图](https://example.cn/x.png)");
    expect(prose.querySelector("img")).toBeNull();
    expect(prose.textContent).toBe("流程图");
  });

  test("deep nesting and long runs end", () => {
    expect(renderMarkdown(`${"> ".repeat(200)}x`).textContent).toContain("x");
    expect(renderMarkdown("*".repeat(2_000)).textContent).not.toBeNull();
    expect(renderMarkdown("[".repeat(2_000)).textContent).toContain("[");
  });
});
