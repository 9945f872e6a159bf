import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it } from "vitest";
import { attentionOf, newsBetween } from "../src/lib/news";
import { useConversations } from "../src/stores/conversations";
import { useSession } from "../src/stores/session";
import { row, SEAT, signedInAs, standIn } from "./stand-in";

const queued = (id: string, position: number): ReturnType<typeof row> =>
  row(id, { state: "queued", seat: null, position, queued_at: "2026-11-25T10:00:00+08:00" });

beforeEach(async () => {
  setActivePinia(createPinia());
  standIn({ "POST /session": () => signedInAs("agent", ["agent"], SEAT) });
  await useSession().signIn("agent", "");
});

describe("the lists", () => {
  it("sort mine by the last words and the queue by position", async () => {
    const lists = useConversations();
    standIn({
      "GET /conversations?view=mine": () => ({
        conversations: [row("old"), row("new", { last_at: "2026-11-25T11:00:00+08:00" })],
      }),
      "GET /conversations?view=queue": () => ({ conversations: [queued("second", 2), queued("first", 1)] }),
    });
    await lists.refresh();
    expect(lists.mine.map(({ id }) => id)).toEqual(["new", "old"]);
    expect(lists.queue.map(({ id }) => id)).toEqual(["first", "second"]);
  });

  it("forget what the server no longer lists, and move what changed hands", async () => {
    const lists = useConversations();
    lists.apply(row("gone"));
    lists.apply(queued("taken", 1));
    standIn({ "GET /conversations?view=mine": () => ({ conversations: [row("taken")] }) });
    await lists.load("mine");
    expect(lists.mine.map(({ id }) => id)).toEqual(["taken"]);
    expect(lists.queue).toHaveLength(0);
  });

  it("keep what they hold when the server cannot be reached, and say so", async () => {
    const lists = useConversations();
    lists.apply(row("here"));
    standIn({});
    await lists.load("mine");
    expect(lists.mine).toHaveLength(1);
    expect(lists.failure).toContain("连不上服务器");
  });
});

describe("alerts", () => {
  it("name what is new, once", () => {
    const before = attentionOf([queued("a", 1)], SEAT.id);
    const after = attentionOf([queued("a", 1), row("b", { accepted: false })], SEAT.id);
    expect(newsBetween(before, after).map(({ text }) => text)).toEqual(["已分配给您：访客 b"]);
    expect(newsBetween(after, after)).toEqual([]);
  });

  it("leave other seats' conversations to them", () => {
    const others = row("c", { accepted: false, unread: 2, seat: { id: "seat-2", name: "", number: "1002" } });
    expect(attentionOf([others], SEAT.id)).toEqual([]);
  });
});
