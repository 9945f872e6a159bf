/** Where the contact writes, with the way to a person always beside it. */
import { hasHidden, hideNumbers } from "../privacy";
import type { ChatState } from "../store";
import { h, setAttribute, setText } from "./dom";
import { icon } from "./icons";
import type { Actions, Part } from "./part";

export const LIMIT = 2_000;
const COUNT_FROM = 1_800;
const PERSON_WORDS = { bot: "转人工", queued: "排队中", assigned: "人工中", resolved: "转人工" } as const;

export interface Composer extends Part {
  readonly input: HTMLTextAreaElement;
}

export function composer(actions: Actions, draft: string): Composer {
  const input = h("textarea", {
    id: "input",
    rows: 1,
    placeholder: "请输入您的问题",
    "aria-describedby": "count hint",
    enterkeyhint: "send",
    autocomplete: "off",
  });
  const count = h("p", { id: "count", class: "count" });
  const hint = h(
    "p",
    { id: "hint", class: "aside" },
    icon("shield"),
    "像是证件号或银行卡号，发送后会为您隐藏",
  );
  const send = h("button", { type: "submit", class: "send", "aria-label": "发送" }, icon("send"));
  const personWords = h("span");
  const person = h("button", { type: "button", class: "person" }, icon("person"), personWords);
  person.addEventListener("click", () => {
    if (person.getAttribute("aria-disabled") !== "true") actions.requestPerson();
  });
  const label = h("label", { for: "input", class: "hidden" }, "输入您的问题");
  const row = h("div", { class: "row" }, person, label, input, send);
  const element = h("form", { class: "composer", novalidate: true }, hint, count, row, fineprint(actions));
  const measure = (): void => {
    measureInput(input, { count, hint, send });
  };
  listen(element, input, actions, measure);
  input.value = draft;
  measure();

  const update = (state: ChatState): void => {
    const words = state.requestingPerson && state.state === "bot" ? "转接中" : PERSON_WORDS[state.state];
    setText(personWords, words);
    setAttribute(person, "aria-disabled", words === "转人工" ? null : "true");
    // Its size may have been measured while the window was closed, or in the other text size.
    measure();
  };
  return { element, input, update };
}

function listen(
  form: HTMLFormElement,
  input: HTMLTextAreaElement,
  actions: Actions,
  measure: () => void,
): void {
  const submit = (): void => {
    const text = input.value.trim();
    if (text === "" || lengthOf(text) > LIMIT) return;
    input.value = "";
    measure();
    actions.keepDraft("");
    actions.say(text);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    input.focus();
  });
  input.addEventListener("input", () => {
    measure();
    actions.keepDraft(input.value);
  });
  input.addEventListener("keydown", (event) => {
    // While an input method offers characters, Enter chooses among them; some report it as key code 229.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
}

interface Gauges {
  readonly count: HTMLElement;
  readonly hint: HTMLElement;
  readonly send: HTMLButtonElement;
}

function measureInput(input: HTMLTextAreaElement, { count, hint, send }: Gauges): void {
  const length = lengthOf(input.value.trim());
  const left = LIMIT - length;
  setText(count, left < 0 ? `超出 ${-left} 字，请分几次发送` : `还可输入 ${left} 字`);
  count.hidden = length < COUNT_FROM;
  count.classList.toggle("over", left < 0);
  hint.hidden = hasHidden(input.value) || !hasHidden(hideNumbers(input.value));
  send.disabled = length === 0 || left < 0;
  setAttribute(input, "aria-invalid", left < 0 ? "true" : null);
  input.style.height = "auto";
  if (input.scrollHeight > 0) input.style.height = `${input.scrollHeight}px`;
}

/** As the server counts: characters, not UTF-16 units. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function fineprint(actions: Actions): HTMLElement {
  const complain = h("button", { type: "button", class: "plain" }, "投诉与建议");
  complain.addEventListener("click", () => {
    actions.say("我要投诉");
  });
  return h("p", { class: "fineprint" }, "智能助手自动回复，仅供参考，以政策原文为准 ", complain);
}
