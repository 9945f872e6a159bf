/**
 * The `<tongda-chat>` element: attributes in, lifecycle, and what each action of the contact sets in motion.
 *
 * Attributes: `server` (where the API is; default: where the script came from), `region` (the bureau's 行政区划
 * name), `open` (open at first sight), `theme="light"` (never dark). Everything it starts ends with it.
 */
import themeStyles from "../../shared/theme.css?inline";
import { Connection } from "./connection/connection";
import { newId } from "./ids";
import { Memory } from "./memory";
import { hideNumbers } from "./privacy";
import { Store } from "./store";
import widgetStyles from "./widget.css?inline";
import type { Actions } from "./view/part";
import { speak } from "./view/speech";
import { createView, type View } from "./view/view";

export class TongdaChatElement extends HTMLElement {
  /** Where the script came from; the default for `server`. */
  static scriptServer = "";

  readonly #root = this.attachShadow({ mode: "open" });
  #lifetime = new AbortController();

  connectedCallback(): void {
    this.#lifetime = new AbortController();
    const store = new Store();
    const server = (this.getAttribute("server") ?? TongdaChatElement.scriptServer).replace(/\/+$/, "");
    const memory = new Memory(server, Date.now);
    const { fetch, WebSocket } = globalThis;
    const region = this.getAttribute("region");
    const around = {
      server: new URL(server, location.href).href.replace(/\/+$/, ""),
      region,
      fetch,
      WebSocket,
      newId,
      now: Date.now,
    };
    const connection = new Connection(store, memory, around, this.#lifetime.signal);
    const actions = createActions(store, memory, connection, () => view);
    const view = createView(this.#root, actions, memory.draft);
    adoptStyles(this.#root);
    store.subscribe((state) => {
      view.update(state);
    }, this.#lifetime.signal);
    this.#listen(store, connection, actions);

    store.dispatch({ type: "elderChanged", elder: memory.elder });
    if (memory.open ?? this.hasAttribute("open")) showWindow(store, connection);
    void connection.resume();
  }

  disconnectedCallback(): void {
    this.#lifetime.abort();
    speak("");
    this.#root.replaceChildren();
  }

  #listen(store: Store, connection: Connection, actions: Actions): void {
    const { signal } = this.#lifetime;
    const wake = (): void => {
      if (document.visibilityState === "visible") connection.wake();
    };
    globalThis.addEventListener("online", wake, { signal });
    globalThis.addEventListener("offline", wake, { signal });
    document.addEventListener("visibilitychange", wake, { signal });
    this.#root.addEventListener(
      "keydown",
      (event) => {
        // Escape that an input method uses to drop its characters is not for us.
        const { key, isComposing } = event as KeyboardEvent;
        if (key === "Escape" && !isComposing && store.state.open) actions.close();
      },
      { signal },
    );
    this.#followKeyboard(signal);
  }

  /** On a phone the on-screen keyboard covers the page; the window takes what is left above it. */
  #followKeyboard(signal: AbortSignal): void {
    const viewport = globalThis.visualViewport;
    const fit = (): void => {
      if (viewport) this.style.setProperty("--tongda-viewport", `${viewport.height}px`);
    };
    viewport?.addEventListener("resize", fit, { signal });
    fit();
  }
}

function showWindow(store: Store, connection: Connection): void {
  store.dispatch({ type: "opened" });
  if (store.state.welcome === null) void connection.loadWelcome();
}

function createActions(store: Store, memory: Memory, connection: Connection, view: () => View): Actions {
  return {
    ...windowActions(store, memory, connection, view),
    ...talkActions(memory, connection),
    openCallback: () => {
      store.dispatch({ type: "callbackChanged", step: "open" });
      view().focusCallback();
    },
    closeCallback: () => {
      store.dispatch({ type: "callbackChanged", step: "closed" });
      view().focusInput();
    },
    requestCallback: (phone, note) => void connection.requestCallback(phone, note),
    noteReceipt: () => {
      connection.noteReceipt();
      view().focusInput();
    },
    startAnew: () => {
      connection.forget();
      view().focusInput();
    },
  };
}

type WindowActions = Pick<Actions, "open" | "close" | "setElder" | "reloadWelcome">;

function windowActions(
  store: Store,
  memory: Memory,
  connection: Connection,
  view: () => View,
): WindowActions {
  return {
    open: () => {
      memory.open = true;
      showWindow(store, connection);
      // On a phone the input would bring up the keyboard over what there is to read.
      if (matchMedia("(pointer: coarse)").matches) view().focusTitle();
      else view().focusInput();
    },
    close: () => {
      memory.open = false;
      speak("");
      store.dispatch({ type: "closed" });
      view().focusLauncher();
    },
    setElder: (elder) => {
      memory.elder = elder;
      store.dispatch({ type: "elderChanged", elder });
    },
    reloadWelcome: () => void connection.loadWelcome(),
  };
}

type TalkActions = Omit<
  Actions,
  keyof WindowActions | "openCallback" | "closeCallback" | "requestCallback" | "noteReceipt" | "startAnew"
>;

function talkActions(memory: Memory, connection: Connection): TalkActions {
  return {
    say: (text) => {
      connection.say(text);
    },
    choose: (option) => {
      connection.choose(option);
    },
    retry: (clientMessageId) => {
      connection.retry(clientMessageId);
    },
    keepDraft: (draft) => {
      memory.draft = hideNumbers(draft);
      if (draft !== "") connection.tellTyping();
    },
    requestPerson: () => void connection.requestPerson(),
    giveFeedback: (seq, value) => void connection.giveFeedback(seq, value),
    rate: (grade, comment) => void connection.rate(grade, comment),
  };
}

/** A strict content policy allows a constructed stylesheet; browsers too old for those get an element. */
function adoptStyles(root: ShadowRoot): void {
  const text = `${themeStyles}\n${widgetStyles}`;
  if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [sheet];
    return;
  }
  const style = document.createElement("style");
  style.textContent = text;
  root.append(style);
}
