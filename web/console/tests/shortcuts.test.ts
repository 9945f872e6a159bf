import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp, defineComponent, ref, type App } from "vue";
import { handleKey, setSingleKeys, useShortcuts } from "../src/composables/shortcuts";

const pressed = ref(0);
const possible = ref(true);
let app: App;

const Page = defineComponent({
  setup() {
    useShortcuts([
      {
        key: "T",
        label: "转接",
        group: "会话",
        run: () => pressed.value++,
        enabled: () => possible.value,
      },
    ]);
    return () => null;
  },
});

function press(from: EventTarget, options: KeyboardEventInit = {}): void {
  const event = new KeyboardEvent("keydown", { key: "t", code: "KeyT", bubbles: true, ...options });
  from.addEventListener(
    "keydown",
    (heard) => {
      handleKey(heard as KeyboardEvent);
    },
    { once: true },
  );
  from.dispatchEvent(event);
}

beforeEach(() => {
  pressed.value = 0;
  possible.value = true;
  setSingleKeys(true);
  app = createApp(Page);
  app.mount(document.createElement("div"));
});
afterEach(() => {
  app.unmount();
  document.body.replaceChildren();
});

describe("a key", () => {
  it("works outside text fields, and with Alt inside them", () => {
    const field = document.body.appendChild(document.createElement("textarea"));
    press(document.body);
    press(field);
    expect(pressed.value).toBe(1);
    press(field, { altKey: true });
    expect(pressed.value).toBe(2);
  });

  it("needs Alt everywhere once single keys are turned off", () => {
    setSingleKeys(false);
    press(document.body);
    expect(pressed.value).toBe(0);
    press(document.body, { altKey: true });
    expect(pressed.value).toBe(1);
  });

  it("rests while its action is not possible, with Ctrl, and during an input method's composing", () => {
    possible.value = false;
    press(document.body);
    possible.value = true;
    press(document.body, { ctrlKey: true });
    press(document.body, { isComposing: true });
    expect(pressed.value).toBe(0);
  });

  it("is gone with the page that registered it", () => {
    app.unmount();
    press(document.body);
    expect(pressed.value).toBe(0);
  });
});
