/** What is said: answers, broken lines, people. */
import { describe, expect, test, vi } from "vitest";
import type { Message } from "../src/contract";
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
  submit,
  texts,
  type,
} from "./world";

setUp();

describe("an answer", () => {
  const citation = {
    title: "中华人民共和国增值税法",
    article: "第二十三条",
    url: "https://law.example.cn/1",
    effective_from: "2026-01-01",
  };

  async function answered(part: Partial<Message> = {}): Promise<void> {
    mount();
    await say("要交税吗");
    server.stored.push(
      message({
        seq: 2,
        outcome: "answer",
        text: "不用交。未达到30万元的免征。",
        details: "- 条件",
        citations: [citation],
        validity: { effective_from: "2026-01-01", effective_to: "2027-12-31", region: null },
        ...part,
      }),
    );
    await polled();
  }

  test("comes conclusion first, with what it rests on folded and its dates in sight", async () => {
    await answered();
    const card = find(".card.answer");
    expect(card.firstElementChild?.textContent).toBe("不用交。未达到30万元的免征。");
    const folds = [...card.querySelectorAll("details")];
    expect(folds.map((fold) => fold.open)).toEqual([false, false]);
    expect(folds[1]?.querySelector("summary")?.textContent).toContain("增值税法第二十三条");
    expect(texts(".basis p")).toContain("有效 2026-01-01 起");
    expect(find(".validity").textContent).toBe("适用 2026-01-01 至 2027-12-31 · 全国");
  });

  test("does not repeat its dates with every rule", async () => {
    await answered({ citations: [{ ...citation, effective_to: "2027-12-31" }] });
    expect(texts(".basis p").join()).not.toContain("有效");
  });

  test("takes a grade, which is taken back when the server does not have it", async () => {
    await answered();
    const [useful, useless] = [...find(".feedback").querySelectorAll("button")];
    useful?.click();
    expect(useful?.getAttribute("aria-pressed")).toBe("true");
    await settled();
    expect(server.calls[server.calls.length - 1]).toMatchObject({
      path: "/conversations/k/messages/2/feedback",
      body: { value: "useful" },
    });
    server.failing.set("/conversations/k/messages/2/feedback", 500);
    useless?.click();
    await settled();
    expect(useful?.getAttribute("aria-pressed")).toBe("true");
    expect(find(".problem").hidden).toBe(false);
  });

  test("that did not help offers a person", async () => {
    await answered({ feedback: "useless" });
    expect(find(".regret").hidden).toBe(false);
    find(".regret button").click();
    await settled();
    expect(server.calls.some(({ path }) => path === "/conversations/k/handoff")).toBe(true);
  });

  test("is said once to a screen reader, politely", async () => {
    await answered();
    const voice = find("[aria-live=polite]");
    expect(voice.textContent).toContain("不用交");
    await polled();
    expect(voice.children).toHaveLength(1);
  });

  test("does not take the focus away", async () => {
    mount();
    find(".elder-switch").focus();
    server.stored.push(message({ seq: 1, outcome: "answer" }));
    await polled();
    expect(focused()).toBe(find(".elder-switch"));
  });

  test("with related questions keeps them folded", async () => {
    await answered({ options: [{ option_id: "e1", label: "专票呢" }] });
    expect(find(".options").hidden).toBe(true);
    find(".related").click();
    expect(find(".related").getAttribute("aria-expanded")).toBe("true");
    find(".option").click();
    await settled();
    expect(server.sent[1]?.body).toMatchObject({ option_id: "e1" });
  });

  test("that is a question rests once the conversation has gone on", async () => {
    await answered({
      outcome: "clarify",
      details: null,
      citations: [],
      validity: null,
      options: [
        { option_id: "e1", label: "甲" },
        { option_id: "none", label: "都不是" },
      ],
    });
    expect(texts(".option")).toEqual(["1甲", "都不是"]);
    await say("第一个");
    expect(field(".option").disabled).toBe(true);
  });
});

describe("a broken line", () => {
  test("shows what was not sent, also after a reload, and sends it again with the same id", async () => {
    server.failing.set("/conversations/k/messages", 0);
    mount();
    type("要交税吗");
    press("Enter");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(find(".own").dataset.status).toBe("failed");
    element.remove();
    mount();
    await settled();
    expect(find(".own").dataset.status).toBe("failed");
    server.failing.clear();
    find(".retry").click();
    await polled();
    const ids = server.sent.map(({ body }) => body?.client_message_id);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
    expect(texts(".own .text")).toEqual(["要交税吗"]);
  });

  test("a conversation the server has forgotten is begun anew, and nothing is lost", async () => {
    localStorage.setItem(
      "tongda https://chat.example.cn conversation",
      JSON.stringify({ id: "old", token: "t", savedAt: Date.now() }),
    );
    server.failing.set("/conversations/old/messages", 404);
    mount();
    await settled();
    type("要交税吗");
    press("Enter");
    await polled();
    expect(texts(".own .text")).toEqual(["要交税吗"]);
    expect(server.stored).toHaveLength(1);
  });
});

describe("people", () => {
  test("the queue's place and likely wait are shown, and the input stays open", async () => {
    mount();
    find(".person").click();
    server.standing = { state: "queued", queue: { position: 4, wait_seconds: [240, 420] } };
    await polled();
    expect(find(".queue strong").textContent).toBe("排队中，前面 3 人，约 4–7 分钟");
    expect(find(".words").textContent).toContain("前面 3 人");
    expect(find(".person").getAttribute("aria-disabled")).toBe("true");
    expect(field("#input").disabled).toBe(false);
  });

  test("when nobody is there a call-back can be left, with a number that can be called", async () => {
    mount();
    find(".person").click();
    server.stored.push(
      message({ seq: 1, sender: "system", kind: "notice", text: "没有人", offer: "callback" }),
    );
    await polled();
    expect(find(".person").textContent).toBe("转人工");
    find(".system .tool").click();
    const phone = field("#phone");
    expect(focused()).toBe(phone);
    phone.value = "12366";
    submit(".callback");
    expect(phone.getAttribute("aria-invalid")).toBe("true");
    phone.value = "138 1234 5678";
    submit(".callback");
    await settled();
    expect(server.calls[server.calls.length - 1]?.body).toEqual({ phone: "13812345678" });
    expect(find(".receipt .order-number").textContent).toBe("TD1");
    expect(find(".receipt .code").textContent).toBe("4242");
    expect(find(".callback").hidden).toBe(true);
  });

  test("a request that fails says so and can be made again", async () => {
    server.failing.set("/conversations/k/handoff", 503);
    mount();
    find(".person").click();
    await settled();
    expect(find("[role=alert]").textContent).toBe("转人工没有成功，请再点一次");
    expect(find(".person").getAttribute("aria-disabled")).toBeNull();
  });

  test("at the end five grades, one line, done, and a new beginning", async () => {
    mount();
    type("问");
    press("Enter");
    server.standing = { state: "resolved" };
    await polled();
    expect(texts(".face span")).toEqual(["非常满意", "满意", "一般", "不满意", "非常不满意"]);
    field(".face input[value='4']").checked = true;
    field("#comment").value = "挺好";
    submit(".rating form");
    await settled();
    expect(server.calls.find(({ path }) => path === "/conversations/k/rating")?.body).toEqual({
      grade: 4,
      comment: "挺好",
    });
    expect(find(".thanks").hidden).toBe(false);
    find(".rating > .tool").click();
    expect(find(".welcome").hidden).toBe(false);
    expect(localStorage).toHaveLength(0);
  });
});
