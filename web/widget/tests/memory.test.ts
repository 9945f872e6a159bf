import { beforeEach, describe, expect, test, vi } from "vitest";
import { Memory } from "../src/memory";
import { pending } from "./samples";

const HOUR = 60 * 60 * 1000;
const SERVER = "https://chat.example.cn";

let now = 0;
const clock = (): number => now;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  now = 0;
});

describe("the conversation", () => {
  test("is remembered for a day", () => {
    new Memory(SERVER, clock).conversation = { id: "k", token: "t" };
    now = 23 * HOUR;
    expect(new Memory(SERVER, clock).conversation).toEqual({ id: "k", token: "t" });
    now = 25 * HOUR;
    expect(new Memory(SERVER, clock).conversation).toBeNull();
  });

  test("belongs to its server", () => {
    new Memory(SERVER, clock).conversation = { id: "k", token: "t" };
    expect(new Memory("https://other.example.cn", clock).conversation).toBeNull();
  });

  test("can be forgotten", () => {
    const memory = new Memory(SERVER, clock);
    memory.conversation = { id: "k", token: "t" };
    memory.conversation = null;
    expect(memory.conversation).toBeNull();
    expect(localStorage).toHaveLength(0);
  });
});

test("what was typed stays with the tab and is gone with it", () => {
  const memory = new Memory(SERVER, clock);
  memory.draft = "还没写完";
  memory.unsent = [pending()];
  memory.receipt = { order_number: "TD1", code: "42" };
  expect(localStorage).toHaveLength(0);
  const reloaded = new Memory(SERVER, clock);
  expect(reloaded.draft).toBe("还没写完");
  expect(reloaded.unsent).toEqual([pending()]);
  expect(reloaded.receipt?.code).toBe("42");
  sessionStorage.clear();
  expect(reloaded.draft).toBe("");
  expect(reloaded.unsent).toEqual([]);
});

test("whether the window was open is unknown, then known", () => {
  const memory = new Memory(SERVER, clock);
  expect(memory.open).toBeNull();
  memory.open = false;
  expect(memory.open).toBe(false);
});

test("the large text outlives the tab", () => {
  new Memory(SERVER, clock).elder = true;
  sessionStorage.clear();
  expect(new Memory(SERVER, clock).elder).toBe(true);
});

test("a browser that keeps nothing, or something broken, stops nobody", () => {
  localStorage.setItem(`tongda ${SERVER} conversation`, "{broken");
  expect(new Memory(SERVER, clock).conversation).toBeNull();
  vi.spyOn(globalThis, "sessionStorage", "get").mockImplementation(() => {
    throw new DOMException("forbidden", "SecurityError");
  });
  const memory = new Memory(SERVER, clock);
  memory.draft = "x";
  expect(memory.draft).toBe("");
});
