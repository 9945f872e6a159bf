/**
 * Step 8: the folded part of an answer, from Markdown to elements.
 *
 * Safe by construction: the text is read into tokens, and each known token becomes an element made here. Markup
 * in the text stays text, pictures become their description, and only http(s), mail and phone links are links.
 */
import { Lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { h, type Child } from "./dom";
import { externalLink } from "./text";

export function renderMarkdown(source: string): HTMLElement {
  return h("div", { class: "prose" }, ...blocks(Lexer.lex(source, { gfm: true })));
}

/** What stands for nothing on the page. */
const UNSEEN: readonly string[] = ["space", "def", "checkbox"];

function blocks(tokens: readonly Token[]): Child[] {
  return tokens.map((token) => block(token as MarkedToken));
}

function block(token: MarkedToken): Child {
  switch (token.type) {
    case "heading":
      return h("p", { class: "heading" }, ...inline(token.tokens));
    case "paragraph":
      return h("p", {}, ...inline(token.tokens));
    case "text":
      return h("span", {}, ...inline(token.tokens ?? [token]));
    case "list":
      return list(token);
    case "blockquote":
      return h("blockquote", {}, ...blocks(token.tokens));
    case "table":
      return table(token);
    case "code":
      return h("pre", {}, h("code", {}, token.text));
    case "hr":
      return h("hr");
    default:
      return UNSEEN.includes(token.type) || token.raw.trim() === "" ? null : h("p", {}, token.raw);
  }
}

function list(token: Tokens.List): HTMLElement {
  const items = token.items.map((item) => h("li", {}, ...blocks(item.tokens)));
  if (!token.ordered) return h("ul", {}, ...items);
  return h("ol", { start: token.start === 1 ? null : token.start }, ...items);
}

function table(token: Tokens.Table): HTMLElement {
  const head = token.header.map((cell) => h("th", { scope: "col" }, ...inline(cell.tokens)));
  const rows = token.rows.map((row) =>
    h("tr", {}, ...row.map((cell) => h("td", {}, ...inline(cell.tokens)))),
  );
  const grid = h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
  // A wide table scrolls by itself, by keyboard too, and does not push the page aside.
  return h("div", { class: "scroll", role: "region", "aria-label": "表格", tabindex: 0 }, grid);
}

function inline(tokens: readonly Token[]): Child[] {
  return tokens.map((token) => span(token as MarkedToken));
}

function span(token: MarkedToken): Child {
  switch (token.type) {
    case "strong":
      return h("strong", {}, ...inline(token.tokens));
    case "em":
      return h("em", {}, ...inline(token.tokens));
    case "del":
      return h("del", {}, ...inline(token.tokens));
    case "codespan":
      return h("code", {}, token.text);
    case "br":
      return h("br");
    case "link":
      return externalLink(token.href, token.text) ?? token.raw;
    case "image":
    case "escape":
      return token.text;
    case "text":
      return token.tokens === undefined ? token.text : h("span", {}, ...inline(token.tokens));
    default:
      return token.raw;
  }
}
