/** Plain text with its web addresses as links and, in an answer, its figures in bold. */
import { h, type Child } from "./dom";

const ADDRESS = /https?:\/\/[^\s<>"'，。；：！？、（）《》“”【】]+/g;

/** Amounts, rates, days and periods. */
const FIGURE =
  /(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?|\d{1,2}年|\d[\d,]*(?:\.\d+)?\s?(?:[%％‰]|万元|亿元|元|万|亿|倍|个月|个?工作日|天|日内|人|次)/g;

/** Before these a figure is part of a document's or an article's number, or of a longer figure. */
const NUMBERING = /[第〔[\d.]$/;

/** `text` with links; `figures` sets the figures in bold. */
export function richText(text: string, { figures }: { readonly figures: boolean }): Child[] {
  const emphasise = (figure: string, before: string): Child =>
    NUMBERING.test(before) ? figure : h("strong", {}, figure);
  const plain = (part: string): Child[] =>
    figures ? split(part, FIGURE, emphasise, (rest) => [rest]) : [part];
  return split(text, ADDRESS, (address) => externalLink(address, address) ?? address, plain);
}

/** A link out: new tab, no way back to this page, its host shown. Null when it is no address we would follow. */
export function externalLink(address: string, label: string): HTMLElement | null {
  let target: URL;
  try {
    target = new URL(address);
  } catch {
    return null;
  }
  if (target.protocol === "tel:" || target.protocol === "mailto:")
    return h("a", { href: target.href }, label);
  if (target.protocol !== "https:" && target.protocol !== "http:") return null;
  const host = label === address ? null : h("span", { class: "host" }, `（${target.host}）`);
  const hint = h("span", { class: "hidden" }, "，在新窗口打开");
  return h("a", { href: target.href, target: "_blank", rel: "noopener noreferrer" }, label, host, hint);
}

function split(
  text: string,
  pattern: RegExp,
  found: (part: string, before: string) => Child,
  between: (part: string) => Child[],
): Child[] {
  const parts: Child[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) parts.push(...between(text.slice(end, match.index)));
    parts.push(found(match[0], text.slice(0, match.index)));
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(...between(text.slice(end)));
  return parts;
}
