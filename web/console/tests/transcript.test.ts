import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { OutgoingMessage } from "../src/api/schemas";
import { useSession } from "../src/stores/session";
import { useReply } from "../src/stores/reply";
import { useTranscript } from "../src/stores/transcript";
import { message, Refusal, row, SEAT, signedInAs, standIn } from "./stand-in";

const detail = (id: string): unknown => ({ conversation: row(id), packet: {}, assignments: [], orders: [] });
const reads = (id: string, after: number, seqs: number[]): Record<string, () => unknown> => ({
  [`GET /conversations/${id}`]: () => detail(id),
  [`GET /conversations/${id}/messages?after=${after}`]: () => ({ messages: seqs.map((seq) => message(seq)) }),
});
const stored = (body: unknown): unknown => {
  const { text, client_message_id } = body as OutgoingMessage;
  return message(3, { sender: "agent", text, client_message_id });
};

beforeEach(async () => {
  localStorage.clear();
  setActivePinia(createPinia());
  standIn({ "POST /session": () => signedInAs("agent", ["agent"], SEAT) });
  await useSession().signIn("agent", "");
  useTranscript().enter("agent");
});

describe("the open conversation", () => {
  it("reads what lies between when a message is missing", async () => {
    const transcript = useTranscript();
    standIn({ ...reads("a", 0, [1, 2]), ...reads("a", 2, [3, 4, 5]) });
    await transcript.open("a");
    transcript.hear("a", message(5));
    await vi.waitFor(() => {
      expect(transcript.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    });
  });

  it("does not take another conversation's message", async () => {
    const transcript = useTranscript();
    standIn(reads("a", 0, [1]));
    await transcript.open("a");
    transcript.hear("b", message(2));
    expect(transcript.messages).toHaveLength(1);
  });

  it("drops an answer that arrives after another conversation was opened", async () => {
    const transcript = useTranscript();
    standIn({ ...reads("a", 0, [1, 2]), ...reads("b", 0, [1]) });
    const late = transcript.open("a");
    await transcript.open("b");
    await late;
    expect(transcript.row?.id).toBe("b");
    expect(transcript.messages).toHaveLength(1);
  });

  it("says why it cannot be read", async () => {
    const transcript = useTranscript();
    standIn({ "GET /conversations/a": () => new Refusal(404, "not_found", "没有找到。") });
    await transcript.open("a");
    expect(transcript.failure).not.toBeNull();
  });
});

describe("a reply that did not arrive", () => {
  beforeEach(async () => {
    standIn({ ...reads("a", 0, [1, 2]), ...reads("b", 0, []) });
    await useTranscript().open("a");
    useReply().put("您好");
    await useReply().send();
  });

  it("leaves the box, and stays with its conversation", async () => {
    const transcript = useTranscript();
    expect(useReply().text).toBe("");
    expect(transcript.pending[0]?.failure).toContain("连不上服务器");
    await transcript.open("b");
    expect(transcript.pending).toHaveLength(0);
    await transcript.open("a");
    expect(transcript.pending).toHaveLength(1);
  });

  it("is sent again under the same id, and shown once", async () => {
    const transcript = useTranscript();
    const sent = standIn({ "POST /conversations/a/messages": stored });
    const [waiting] = transcript.pending;
    await transcript.deliver(waiting!);
    expect((sent[0]?.body as OutgoingMessage).client_message_id).toBe(waiting!.message.client_message_id);
    expect(transcript.pending).toHaveLength(0);
    expect(transcript.messages.filter(({ text }) => text === "您好")).toHaveLength(1);
  });

  it("waits for the same user to sign in again, and for no other", () => {
    const transcript = useTranscript();
    transcript.enter("agent");
    expect(transcript.pending).toHaveLength(1);
    transcript.enter("somebody");
    expect(transcript.pending).toHaveLength(0);
  });
});

describe("the reply box", () => {
  const answer = {
    answer: "免征增值税。",
    citations: [{ title: "增值税法", document_number: "主席令第41号", article: "第二十三条" }],
  };

  beforeEach(async () => {
    standIn({ ...reads("a", 0, []), ...reads("b", 0, []) });
    await useTranscript().open("a");
  });

  it("puts an answer in place of what was typed after the sign, with its basis", () => {
    const reply = useReply();
    reply.put("您好。@免税");
    reply.quote(answer, "您好。".length);
    expect(reply.text).toBe("您好。\n免征增值税。\n依据：《增值税法》（主席令第41号）第二十三条");
    reply.quote(answer);
    expect(reply.citations).toHaveLength(1);
  });

  it("keeps a draft for each conversation and each tab", async () => {
    const reply = useReply();
    reply.put("给甲的话");
    reply.focus("note");
    expect(reply.text).toBe("");
    await useTranscript().open("b");
    reply.focus("text");
    expect(reply.text).toBe("");
    await useTranscript().open("a");
    expect(reply.text).toBe("给甲的话");
  });
});
