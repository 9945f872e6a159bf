/**
 * Step 8: what the bot or a person said, as a card. Conclusion first; conditions and basis folded; validity
 * always in sight.
 */
import type { Citation, Message, Option, Outcome, Validity } from "../contract";
import { h, setAttribute, type Child } from "./dom";
import { citationWords, periodWords, validityWords } from "./format";
import { icon, type IconName } from "./icons";
import { renderMarkdown } from "./markdown";
import type { Actions } from "./part";
import { canSpeak, speak } from "./speech";
import { externalLink, richText } from "./text";

export interface Card {
  readonly element: HTMLElement;
  update(message: Message, current: boolean): void;
}

const ANSWERS: readonly (Outcome | null)[] = ["answer", "result"];
const OFFERS_PERSON: readonly (Outcome | null)[] = ["no_answer", "safety"];
const NONE = "都不是";

export function answerCard(message: Message, actions: Actions): Card {
  const isAnswer = ANSWERS.includes(message.outcome);
  const text = h("div", { class: "text" }, ...richText(message.text, { figures: isAnswer }));
  const feedback = isAnswer ? feedbackButtons(message, actions) : null;
  const options = optionButtons(message, actions);
  const related = isAnswer && options !== null ? relatedToggle(options.element) : null;
  const element = h(
    "div",
    { class: isAnswer ? "card answer" : "card" },
    text,
    ...grounds(message),
    toolbar(feedback?.element ?? null, readAloud(message), related),
    feedback?.regret ?? null,
    options?.element ?? null,
    OFFERS_PERSON.includes(message.outcome) ? personButton(actions) : null,
  );
  const update = (next: Message, current: boolean): void => {
    feedback?.update(next);
    options?.update(current);
  };
  return { element, update };
}

/** What the conclusion rests on: folded, but for the dates it holds. */
function grounds({ outcome, details, citations, validity }: Message): Child[] {
  const steps = outcome === "result" ? "计算过程" : "条件和办理步骤";
  return [
    details ? fold(steps, "", renderMarkdown(details)) : null,
    citations.length > 0 ? basis(citations, validity) : null,
    ANSWERS.includes(outcome) || validity !== null
      ? h("p", { class: "validity" }, validityWords(validity))
      : null,
  ];
}

function toolbar(
  feedback: HTMLElement | null,
  aloud: HTMLElement | null,
  related: HTMLElement | null,
): HTMLElement | null {
  const isBare = feedback === null && related === null;
  if (isBare && aloud === null) return null;
  return h("div", { class: isBare ? "tools aloud" : "tools" }, feedback, aloud, related);
}

function fold(title: string, gist: string, content: HTMLElement): HTMLElement {
  const summary = h("summary", {}, icon("chevron"), h("span", { class: "title" }, title));
  if (gist !== "") summary.append(" ", h("span", { class: "gist" }, gist));
  return h("details", {}, summary, content);
}

function basis(citations: readonly Citation[], validity: Validity | null): HTMLElement {
  const said = periodWords(validity?.effective_from, validity?.effective_to);
  const list = h("ul", { class: "basis" }, ...citations.map((one) => citation(one, said)));
  return fold("依据", citationWords(citations), list);
}

/** One rule; its dates only where they are others than those that the card says. */
function citation(rule: Citation, said: string | null): HTMLElement {
  const { title, document_number, article, issuer, url, effective_from, effective_to } = rule;
  const facts = [document_number, article, issuer].filter((fact) => fact).join(" · ");
  const period = periodWords(effective_from, effective_to);
  const link = url ? externalLink(url, "查看原文") : null;
  return h(
    "li",
    {},
    h("p", { class: "title" }, title),
    facts === "" ? null : h("p", {}, facts),
    period === null || period === said ? null : h("p", {}, `有效 ${period}`),
    link === null ? null : h("p", {}, link),
  );
}

function tool(name: IconName, label: string, looks = "tool"): HTMLButtonElement {
  return h("button", { type: "button", class: looks }, icon(name), label);
}

interface FeedbackButtons {
  readonly element: HTMLElement;
  readonly regret: HTMLElement;
  update(message: Message): void;
}

function feedbackButtons({ seq }: Message, actions: Actions): FeedbackButtons {
  const useful = tool("useful", "有用");
  const useless = tool("useless", "没用");
  useful.addEventListener("click", () => {
    actions.giveFeedback(seq, "useful");
  });
  useless.addEventListener("click", () => {
    actions.giveFeedback(seq, "useless");
  });
  const regret = h(
    "div",
    { class: "regret" },
    "没有帮到您，抱歉。可以换个说法再问，或者",
    personButton(actions),
  );
  const update = ({ feedback }: Message): void => {
    setAttribute(useful, "aria-pressed", String(feedback === "useful"));
    setAttribute(useless, "aria-pressed", String(feedback === "useless"));
    regret.hidden = feedback !== "useless";
  };
  return {
    element: h("div", { class: "feedback", role: "group", "aria-label": "这个回答" }, useful, useless),
    regret,
    update,
  };
}

function personButton(actions: Actions): HTMLButtonElement {
  const button = tool("person", "请人工解答");
  button.addEventListener("click", actions.requestPerson);
  return button;
}

function readAloud(message: Message): HTMLButtonElement | null {
  if (!canSpeak()) return null;
  const button = tool("speaker", "朗读", "tool aloud");
  button.addEventListener("click", () => {
    speak(message.text);
  });
  return button;
}

function relatedToggle(options: HTMLElement): HTMLButtonElement {
  const toggle = h(
    "button",
    { type: "button", class: "tool related", "aria-expanded": "false" },
    "相关问题",
    icon("chevron"),
  );
  options.hidden = true;
  toggle.addEventListener("click", () => {
    options.hidden = !options.hidden;
    setAttribute(toggle, "aria-expanded", String(!options.hidden));
  });
  return toggle;
}

interface OptionButtons {
  readonly element: HTMLElement;
  update(current: boolean): void;
}

/**
 * What can be chosen. Related questions can be asked at any time; what a question of ours offers belongs to that
 * question, and rests once the conversation has gone on.
 */
function optionButtons({ options, outcome }: Message, actions: Actions): OptionButtons | null {
  if (options.length === 0) return null;
  const lasting = ANSWERS.includes(outcome);
  let current = true;
  const buttons = options.map((option, place) => optionButton(option, lasting ? null : place + 1));
  for (const [place, option] of options.entries()) {
    buttons[place]?.addEventListener("click", () => {
      if (current) actions.choose(option);
      else actions.say(option.label);
    });
  }
  const label = lasting ? "相关问题" : "可以选择";
  const element = h(
    "div",
    { class: "options", role: "group", "aria-label": label, "data-outcome": outcome },
    ...buttons,
  );
  const update = (isCurrent: boolean): void => {
    current = isCurrent;
    for (const button of buttons) button.disabled = !lasting && !isCurrent;
  };
  return { element, update };
}

function optionButton({ label, option_id }: Option, number: number | null): HTMLButtonElement {
  const attributes = { type: "button", class: "option", "data-option-id": option_id };
  if (label === NONE) return h("button", { ...attributes, class: "option none" }, label);
  const place = number === null ? null : h("span", { class: "number", "aria-hidden": true }, String(number));
  return h("button", attributes, place, h("span", {}, label));
}
