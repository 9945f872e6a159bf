/** What the pieces of the page have in common: an element, kept up to date with the state. */
import type { Feedback, Option } from "../contract";
import type { ChatState } from "../store";

export interface Part {
  readonly element: HTMLElement;
  update(state: ChatState): void;
}

/** All that a contact can do; the element carries it out. */
export interface Actions {
  open(): void;
  close(): void;
  setElder(elder: boolean): void;
  reloadWelcome(): void;
  say(text: string): void;
  choose(option: Option): void;
  retry(clientMessageId: string): void;
  keepDraft(draft: string): void;
  requestPerson(): void;
  giveFeedback(seq: number, value: Feedback): void;
  rate(grade: number, comment: string): void;
  openCallback(): void;
  closeCallback(): void;
  requestCallback(phone: string, note: string): void;
  startAnew(): void;
}
