/** The lists of conversations, kept current by what the live connection says. */
import { defineStore } from "pinia";
import { computed, reactive, ref } from "vue";
import * as desk from "../api/desk";
import { wordsOf } from "../api/http";
import type { ListView, Row } from "../api/schemas";
import { useSession } from "./session";

const newestFirst = (one: Row, other: Row): number => other.last_at.localeCompare(one.last_at);
const byPosition = (one: Row, other: Row): number =>
  (one.position ?? Infinity) - (other.position ?? Infinity);

export const useConversations = defineStore("conversations", () => {
  const session = useSession();
  const rows = reactive(new Map<string, Row>());
  const loaded = reactive(new Set<ListView>());
  const failure = ref<string | null>(null);
  const sought = ref("");
  const found = ref<readonly Row[] | null>(null);

  const isMine = (row: Row): boolean => row.state === "assigned" && row.seat?.id === session.seatId;
  const waits = (row: Row): boolean => row.state === "queued";
  const belongs: Record<ListView, (row: Row) => boolean> = { mine: isMine, queue: waits, all: () => true };

  const mine = computed(() => [...rows.values()].filter(isMine).sort(newestFirst));
  const queue = computed(() => [...rows.values()].filter(waits).sort(byPosition));
  const all = computed(() => [...rows.values()].sort(newestFirst));
  const lists = computed(() => ({ mine: mine.value, queue: queue.value, all: found.value ?? all.value }));

  /** Takes one list as the server has it: what it no longer holds has gone elsewhere. */
  async function load(view: ListView): Promise<void> {
    try {
      const fetched = await desk.listConversations(view);
      const there = new Set(fetched.map((row) => row.id));
      for (const row of [...rows.values()]) if (belongs[view](row) && !there.has(row.id)) rows.delete(row.id);
      for (const row of fetched) rows.set(row.id, row);
      loaded.add(view);
      failure.value = null;
    } catch (error) {
      failure.value = wordsOf(error);
    }
  }

  async function refresh(): Promise<void> {
    await Promise.all([...new Set<ListView>(["mine", "queue", ...loaded])].map(load));
  }

  async function search(text: string): Promise<void> {
    sought.value = text;
    if (text === "") {
      found.value = null;
      return;
    }
    try {
      const result = await desk.listConversations("all", text);
      if (sought.value !== text) return;
      found.value = result;
      failure.value = null;
    } catch (error) {
      if (sought.value === text) failure.value = wordsOf(error);
    }
  }

  function apply(row: Row, removed = false): void {
    if (removed) rows.delete(row.id);
    else rows.set(row.id, row);
  }

  function clear(): void {
    rows.clear();
    loaded.clear();
    found.value = null;
    sought.value = "";
  }

  return { rows, loaded, failure, mine, queue, lists, isMine, load, refresh, search, apply, clear };
});
