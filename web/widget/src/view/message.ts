/** Step 8: one line of the transcript as an element, and how it changes while it stays. */
import { HIDDEN, hasHidden } from "../privacy";
import { answerCard } from "./card";
import { h, setAttribute, setText } from "./dom";
import { dayWords, timeOf } from "./format";
import { icon } from "./icons";
import type { Item } from "./items";
import type { Actions } from "./part";
import { richText } from "./text";

export interface ItemView {
  readonly element: HTMLElement;
  update(item: Item): void;
}

type Of<T extends Item["type"]> = Extract<Item, { type: T }>;

export function itemView(item: Item, actions: Actions): ItemView {
  switch (item.type) {
    case "day":
      return fixed(h("li", { class: "day" }, h("span", {}, dayWords(item.at, Date.now()))));
    case "system":
      return systemLine(item, actions);
    case "own":
      return ownBubble(item, actions);
    case "said":
      return saidLine(item, actions);
    case "typing":
      return typingLine(item);
  }
}

function fixed(element: HTMLElement): ItemView {
  return { element, update: () => undefined };
}

function systemLine(item: Of<"system">, actions: Actions): ItemView {
  const { message } = item;
  const text = h("p", {}, ...richText(message.text, { figures: false }));
  const element = h("li", { class: "system", "data-seq": message.seq, "data-sender": message.sender }, text);
  const offer = h("button", { type: "button", class: "tool" }, icon("phone"), "留电话，等回电");
  offer.addEventListener("click", actions.openCallback);
  element.append(offer);
  const update = (next: Item): void => {
    if (next.type === "system") offer.hidden = !next.offer;
  };
  update(item);
  return { element, update };
}

function ownBubble(item: Of<"own">, actions: Actions): ItemView {
  const text = h("p", { class: "text" });
  const hidden = h("p", { class: "aside" }, icon("shield"), HIDDEN);
  const retry = h("button", { type: "button", class: "retry" }, icon("retry"), "发送失败，点此重试");
  retry.addEventListener("click", () => {
    actions.retry(item.key);
  });
  const reason = h("p", { class: "aside" });
  const element = h("li", { class: "own", "data-sender": "contact" });
  const bubble = h("div", { class: "bubble" }, h("span", { class: "hidden" }, "我："), text);
  element.append(bubble, hidden, reason, retry);
  const update = (next: Item): void => {
    if (next.type !== "own") return;
    setText(text, next.text);
    setText(reason, next.reason ?? "");
    setAttribute(element, "data-seq", next.seq);
    setAttribute(element, "data-status", next.status);
    element.title = timeOf(next.at);
    hidden.hidden = !hasHidden(next.text);
    reason.hidden = next.reason === null;
    retry.hidden = next.status !== "failed";
  };
  update(item);
  return { element, update };
}

function saidLine(item: Of<"said">, actions: Actions): ItemView {
  const { message } = item;
  const name = message.sender === "agent" ? (message.sender_name ?? "人工坐席") : "智能助手";
  const time = h("time", { datetime: message.created_at }, timeOf(message.created_at));
  const card = answerCard(message, actions);
  const element = h(
    "li",
    {
      class: message.sender,
      "data-sender": message.sender,
      "data-seq": message.seq,
      "data-outcome": message.outcome,
    },
    h("p", { class: "byline" }, h("span", {}, name), " ", time),
    card.element,
  );
  const update = (next: Item): void => {
    if (next.type === "said") card.update(next.message, next.current);
  };
  update(item);
  return { element, update };
}

function typingLine(item: Of<"typing">): ItemView {
  const words = h("span", { class: "words" });
  const dots = h("span", { class: "dots", "aria-hidden": true }, h("i"), h("i"), h("i"));
  const element = h(
    "li",
    { class: "typing", "data-sender": item.by },
    h("div", { class: "bubble" }, dots, words),
  );
  const update = (next: Item): void => {
    if (next.type !== "typing") return;
    setText(
      words,
      next.by === "agent" ? "坐席正在输入" : next.slow ? "还在查找，请稍候；也可以转人工" : "正在查找答案",
    );
  };
  update(item);
  return { element, update };
}
