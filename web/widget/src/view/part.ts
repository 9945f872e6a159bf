/** What the pieces of the page have in common: an element, kept up to date with the state. */
import type { Feedback, Option } from "../contract";
import type { ChatState } from "../store";

export interface Part {
  readonly element: HTMLElement;
  update(state: ChatState): void;
}

/** All that a contact can do; the element carries it out. */
export interface Actions {
  readonly open: () => void;
  readonly close: () => void;
  readonly setElder: (elder: boolean) => void;
  readonly reloadWelcome: () => void;
  readonly say: (text: string) => void;
  readonly choose: (option: Option) => void;
  readonly retry: (clientMessageId: string) => void;
  readonly keepDraft: (draft: string) => void;
  readonly requestPerson: () => void;
  readonly giveFeedback: (seq: number, value: Feedback) => void;
  readonly rate: (grade: number, comment: string) => void;
  readonly openCallback: () => void;
  readonly closeCallback: () => void;
  readonly requestCallback: (phone: string, note: string) => void;
  readonly noteReceipt: () => void;
  readonly startAnew: () => void;
}
