/** Where the contact writes, with the way to a person always beside it. */
import { HIDDEN, hasHidden, hideNumbers } from "../privacy";
import type { ChatState } from "../store";
import { h, setAttribute, setText } from "./dom";
import { isPersonThere } from "./format";
import { icon } from "./icons";
import type { Actions, Part } from "./part";

export const LIMIT = 2_000;
const COUNT_FROM = 1_800;
const PERSON = "转人工";

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
  const hint = h("p", { id: "hint", class: "aside", role: "status" });
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
    const words = personButtonWords(state);
    setText(personWords, words);
    setAttribute(person, "aria-disabled", words === PERSON ? null : "true");
    // Its size may have been measured while the window was closed, or in the other text size.
    measure();
  };
  return { element, input, update };
}

function personButtonWords(state: ChatState): string {
  if (state.state === "queued") return "排队中";
  if (state.state === "assigned") return isPersonThere(state) ? "人工中" : "接入中";
  return state.requestingPerson ? "转接中" : PERSON;
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
  const take = (pasted: boolean): void => {
    if (pasted || isSettled(input)) hideTyped(input);
    measure();
    actions.keepDraft(input.value);
  };
  input.addEventListener("input", (event) => {
    const { inputType, isComposing } = event;
    // What an input method holds in its hands must not be changed under it.
    if (isComposing) measure();
    else take(inputType === "insertFromPaste" || inputType === "insertFromDrop");
  });
  input.addEventListener("compositionend", () => {
    take(false);
  });
  input.addEventListener("keydown", (event) => {
    // While an input method offers characters, Enter chooses among them.
    if (event.key !== "Enter" || event.shiftKey || isChoosing(event)) return;
    event.preventDefault();
    submit();
  });
}

function isChoosing(event: KeyboardEvent): boolean {
  // Safari ends the composition before it tells of the Enter that ended it; only the key code says so.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return event.isComposing || event.keyCode === 229;
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
  showHint(hint, input.value);
  send.disabled = length === 0 || left < 0;
  setAttribute(input, "aria-invalid", left < 0 ? "true" : null);
  input.style.height = "auto";
  if (input.scrollHeight > 0) input.style.height = `${input.scrollHeight}px`;
}

/** Whether what stands before the caret is no number that may still grow, as an invoice's does beyond an ID's. */
function isSettled({ value, selectionEnd }: HTMLTextAreaElement): boolean {
  return !/[\dXx０-９Ｘｘ\s\-·.]$/.test(value.slice(0, selectionEnd));
}

function hideTyped(input: HTMLTextAreaElement): void {
  const hidden = hideNumbers(input.value);
  if (hidden === input.value) return;
  const after = hideNumbers(input.value.slice(input.selectionEnd)).length;
  input.value = hidden;
  input.selectionStart = input.selectionEnd = hidden.length - after;
}

function showHint(hint: HTMLElement, text: string): void {
  const growing = hideNumbers(text) === text ? "" : "像是个人号码，发送时会为您隐藏";
  const words = hasHidden(text) ? HIDDEN : growing;
  if (hint.textContent === words) return;
  hint.replaceChildren(...(words === "" ? [] : [icon("shield"), words]));
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
  return h("p", { class: "fineprint" }, "仅供参考，以政策原文为准 ", complain);
}
