/** What one may do with the open conversation: the buttons at its head, and their keys. */
import { computed, ref, type ComputedRef, type Ref } from "vue";
import { useRouter } from "vue-router";
import * as desk from "../../api/desk";
import type { Row, Tier } from "../../api/schemas";
import { saySuccess, useAction } from "../../composables/action";
import type { Shortcut } from "../../composables/shortcuts";
import { useConversations } from "../../stores/conversations";
import { useReply } from "../../stores/reply";
import { useSession } from "../../stores/session";
import { useTranscript } from "../../stores/transcript";

export type Asking = "transfer" | "release" | "resolve";

export interface ConversationAction {
  readonly key: string;
  readonly label: string;
  readonly primary: boolean;
  readonly possible: boolean;
  readonly run: () => unknown;
}

export interface TransferWish {
  readonly tier: Tier;
  readonly seatId: string | null;
  readonly reason: string;
}

export interface ConversationActions {
  readonly busy: Ref<boolean>;
  /** Which question is open before the action itself. */
  readonly asking: Ref<Asking | null>;
  readonly actions: ComputedRef<readonly ConversationAction[]>;
  readonly shortcuts: readonly Shortcut[];
  readonly transfer: (wish: TransferWish) => Promise<void>;
  readonly release: (reason: string) => Promise<void>;
  readonly resolve: (classification: string, note: string) => Promise<void>;
}

const KEYS = { claim: "C", accept: "A", transfer: "T", release: "L", resolve: "X", reopen: "O" } as const;

export function useConversationActions(): ConversationActions {
  const session = useSession();
  const transcript = useTranscript();
  const asking = ref<Asking | null>(null);
  const { busy, take, give, id } = useSteps(asking);

  const ask = (question: Asking) => () => (asking.value = question);
  const actions = computed<readonly ConversationAction[]>(() => {
    const row = transcript.row;
    const mine = transcript.isMine;
    const seated = session.seatId !== null;
    const directs = row?.state === "assigned" && (mine || session.may("supervisor"));
    const action = (
      name: keyof typeof KEYS,
      label: string,
      possible: boolean,
      run: () => unknown,
    ): ConversationAction => ({ key: KEYS[name], label, possible, run, primary: PRIMARY.has(name) });
    return [
      action("claim", "领取", row?.state === "queued" && seated, () => take(() => desk.claim(id()))),
      action("accept", "接受", mine && row?.accepted === false, () => take(() => desk.accept(id()))),
      action("transfer", "转接", directs, ask("transfer")),
      action("release", "退回队列", directs, ask("release")),
      action("resolve", "结束", directs, ask("resolve")),
      action("reopen", "重新打开", row?.state === "resolved" && seated, () => take(() => desk.reopen(id()))),
    ];
  });

  return {
    busy,
    asking,
    actions,
    shortcuts: shortcutsOf(actions),
    transfer: (wish) => give("已转接", () => desk.transfer(id(), wish)),
    release: (reason) => give("已退回队列", () => desk.release(id(), reason)),
    resolve: (classification, note) => give("会话已结束", () => desk.resolve(id(), classification, note)),
  };
}

const PRIMARY: ReadonlySet<keyof typeof KEYS> = new Set(["claim", "accept", "reopen"]);

interface Steps {
  readonly busy: Ref<boolean>;
  readonly id: () => string;
  /** The conversation comes to one's own seat, and the reply box is next. */
  readonly take: (work: () => Promise<Row>) => Promise<void>;
  /** The conversation leaves one's seat, and with it the page. */
  readonly give: (success: string, work: () => Promise<Row>) => Promise<void>;
}

function useSteps(asking: Ref<Asking | null>): Steps {
  const lists = useConversations();
  const transcript = useTranscript();
  const reply = useReply();
  const router = useRouter();
  const { busy, run } = useAction();

  async function take(work: () => Promise<Row>): Promise<void> {
    const taken = await run(async () => {
      lists.apply(await work());
      await transcript.refresh();
    });
    if (taken) reply.focus("text");
  }

  async function give(success: string, work: () => Promise<Row>): Promise<void> {
    const given = await run(async () => {
      await work();
      asking.value = null;
      await router.push({ name: "conversations" });
      await lists.refresh();
    });
    if (given) saySuccess(success);
  }

  return { busy, id: () => transcript.id ?? "", take, give };
}

function shortcutsOf(actions: ComputedRef<readonly ConversationAction[]>): readonly Shortcut[] {
  return actions.value.map(({ key, label }, place) => ({
    key,
    label,
    group: "会话",
    run: () => void actions.value[place]?.run(),
    enabled: () => actions.value[place]?.possible ?? false,
  }));
}
