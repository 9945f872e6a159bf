/** Step 8 ends here: the whole window, put together from its parts and kept up to date with the state. */
import type { ChatState } from "../store";
import { announcer } from "./announcer";
import { composer } from "./composer";
import { dock } from "./dock";
import { h } from "./dom";
import { head } from "./head";
import { launcher } from "./launcher";
import type { Actions, Part } from "./part";
import { transcript } from "./transcript";

export interface View {
  update(state: ChatState): void;
  focusInput(): void;
  focusTitle(): void;
  focusLauncher(): void;
  focusCallback(): void;
}

/** Builds the window inside `root`; `draft` is what was being written before a reload. */
export function createView(root: ShadowRoot, actions: Actions, draft: string): View {
  const button = launcher(actions);
  const [top, talk, between, bottom, voice] = [
    head(actions),
    transcript(actions),
    dock(actions),
    composer(actions, draft),
    announcer(),
  ];
  const panel = h(
    "section",
    { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
    ...[top, talk, between, bottom, voice].map((part) => part.element),
  );
  root.replaceChildren(h("div", { class: "tongda", lang: "zh-CN" }, button.element, panel));
  const parts: Part[] = [button, top, between, bottom, talk, voice];
  const find = (id: string): HTMLElement | null => root.getElementById(id);
  return {
    update: (state) => {
      panel.hidden = !state.open;
      panel.classList.toggle("elder", state.elder);
      for (const part of parts) part.update(state);
    },
    focusInput: () => {
      bottom.input.focus();
    },
    focusTitle: () => find("title")?.focus(),
    focusLauncher: () => {
      button.element.focus();
    },
    focusCallback: () => find("phone")?.focus(),
  };
}
