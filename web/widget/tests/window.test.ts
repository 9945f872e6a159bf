/** The window: opening, closing, writing, personal numbers. */
import { describe, expect, test, vi } from "vitest";
import { message } from "./samples";
import {
  element,
  field,
  find,
  focused,
  mount,
  polled,
  press,
  say,
  server,
  setUp,
  settled,
  texts,
  type,
} from "./world";

setUp();

describe("the window", () => {
  test("opens from its button, closes with Escape, and gives the focus back", () => {
    mount({});
    expect(find(".panel").hidden).toBe(true);
    find(".launcher").click();
    expect(find(".panel").hidden).toBe(false);
    expect(focused()).toBe(find("#input"));
    press("Escape");
    expect(find(".panel").hidden).toBe(true);
    expect(focused()).toBe(find(".launcher"));
  });

  test("stays open while Escape only drops an input method's characters", () => {
    mount();
    press("Escape", { isComposing: true });
    expect(find(".panel").hidden).toBe(false);
  });

  test("shows the bureau's notice, a greeting and topics, and links to the server's privacy notice", async () => {
    mount();
    await settled();
    expect(find(".notice").textContent).toContain("17:30");
    expect(find(".privacy a").getAttribute("href")).toBe("https://chat.example.cn/privacy");
    find(".topic").click();
    await settled();
    expect(server.sent[0]?.body?.text).toBe("这个月报税截止到几号");
  });

  test("offers to try again when the topics do not come", async () => {
    server.failing.set("/topics", 0);
    mount();
    await settled();
    server.failing.clear();
    find(".welcome > .tool").click();
    await settled();
    expect(texts(".topic .label")).toEqual(["申报期限"]);
  });

  test("starts nothing on the server before the contact does something", async () => {
    mount();
    await polled();
    expect(server.calls.map(({ path }) => path)).toEqual(["/topics"]);
  });

  test("ends everything it started when it is taken out", async () => {
    mount();
    type("问");
    press("Enter");
    await polled();
    element.remove();
    const before = server.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.calls).toHaveLength(before);
  });
});

describe("writing", () => {
  test("Enter sends, Shift+Enter and an input method's Enter do not", async () => {
    mount();
    type("问");
    press("Enter", { shiftKey: true });
    press("Enter", { isComposing: true });
    press("Enter", { keyCode: 229 });
    await settled();
    expect(server.sent).toHaveLength(0);
    press("Enter");
    await settled();
    expect(server.sent).toHaveLength(1);
    expect(field("#input").value).toBe("");
  });

  test("a draft outlives a reload", () => {
    mount();
    type("还没写完");
    element.remove();
    mount();
    expect(field("#input").value).toBe("还没写完");
  });

  test("too long a text cannot be sent, and says by how much", () => {
    mount();
    type("长".repeat(2_003));
    expect(field(".send").disabled).toBe(true);
    expect(find("#count").textContent).toBe("超出 3 字，请分几次发送");
    press("Enter");
    expect(server.sent).toHaveLength(0);
    type("😀".repeat(2_000));
    expect(field(".send").disabled).toBe(false);
  });

  test("nothing but blanks cannot be sent", () => {
    mount();
    type(" \n ");
    press("Enter");
    expect(field(".send").disabled).toBe(true);
    expect(server.sent).toHaveLength(0);
  });
});

describe("personal numbers", () => {
  test("that are pasted are hidden at once, with the notice", () => {
    mount();
    type("身份证 11010519491231002X", "insertFromPaste");
    expect(field("#input").value).toBe("身份证 110*************2X");
    expect(find("#hint").textContent).toBe("为保护您的隐私，已隐藏");
  });

  test("that are typed are hidden when they are complete, not while they grow", () => {
    mount();
    type("110105194912310021");
    expect(field("#input").value).toBe("110105194912310021");
    expect(find("#hint").textContent).toContain("发送时会为您隐藏");
    type("110105194912310021，");
    expect(field("#input").value).toBe("110*************21，");
    type("24332000000123456789，是发票");
    expect(field("#input").value).toBe("24332000000123456789，是发票");
    expect(find("#hint").textContent).toBe("");
  });

  test("leave the caret where it was", () => {
    mount();
    field("#input").value = "号码13812345678，请问";
    field("#input").selectionStart = field("#input").selectionEnd = "号码13812345678，".length;
    field("#input").dispatchEvent(new InputEvent("input", { inputType: "insertText" }));
    expect(field("#input").value).toBe("号码138****5678，请问");
    expect(field("#input").selectionEnd).toBe("号码138****5678，".length);
  });

  test("are not touched while an input method composes, but when it is done", () => {
    mount();
    field("#input").value = "13812345678，";
    field("#input").dispatchEvent(new InputEvent("input", { isComposing: true }));
    expect(field("#input").value).toBe("13812345678，");
    field("#input").dispatchEvent(new CompositionEvent("compositionend"));
    expect(field("#input").value).toBe("138****5678，");
  });

  test("never leave the page, nor stay in it", async () => {
    mount();
    type("13812345678");
    expect(JSON.stringify(Object.entries(sessionStorage))).not.toContain("13812345678");
    press("Enter");
    await settled();
    expect(server.sent[0]?.body?.text).toBe("138****5678");
    expect(texts(".own .aside:not([hidden])")).toEqual(["为保护您的隐私，已隐藏"]);
  });
});

test("长辈模式 is kept, and is the whole window's", () => {
  mount();
  find(".elder-switch").click();
  expect(find(".panel").classList.contains("elder")).toBe(true);
  element.remove();
  mount();
  expect(find(".elder-switch").getAttribute("aria-pressed")).toBe("true");
});

test("markup and Markdown in messages stay text", async () => {
  const trick = "<img src=x onerror=alert(1)> **粗** [x](javascript:alert(1))";
  mount();
  await say(trick);
  server.stored.push(message({ seq: 2, sender: "agent", sender_name: "坐席 1023", text: trick }));
  server.stored.push(message({ seq: 3, sender: "system", kind: "notice", text: trick }));
  await polled();
  expect(texts(".own .text, .agent .text, .system > p")).toEqual([trick, trick, trick]);
  expect(element.shadowRoot!.querySelector("img, .lines a, script")).toBeNull();
});
