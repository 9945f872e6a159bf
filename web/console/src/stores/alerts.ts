/** Says that somebody waits: a sound, the title's count, and a notification when the page is not in sight. */
import { defineStore } from "pinia";
import { computed, ref, watch } from "vue";
import { beep } from "../lib/beep";
import { attentionOf, newsBetween, type Attention } from "../lib/news";
import { useConversations } from "./conversations";
import { useSession } from "./session";

const SOUND = "tongda.sound";
const TITLE = "通答工作台";

export const useAlerts = defineStore("alerts", () => {
  const session = useSession();
  const conversations = useConversations();
  const sound = ref(localStorage.getItem(SOUND) !== "off");

  const attention = computed(() =>
    session.seatId === null ? [] : attentionOf(conversations.rows.values(), session.seatId),
  );
  const count = computed(() => new Set(attention.value.map((item) => item.conversationId)).size);

  function toggleSound(): void {
    sound.value = !sound.value;
    localStorage.setItem(SOUND, sound.value ? "on" : "off");
    if (sound.value) beep();
  }

  watch(count, (waiting) => {
    document.title = waiting === 0 ? TITLE : `（${waiting}）${TITLE}`;
  });
  watch(attention, (after, before) => {
    const news = newsBetween(before, after);
    if (news.length === 0 || session.seat?.availability === "offline") return;
    if (sound.value) beep();
    if (document.visibilityState === "hidden") announce(news);
  });

  return { sound, count, toggleSound };
});

function announce(news: readonly Attention[]): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  const [first, ...others] = news;
  if (first === undefined) return;
  const more = others.length === 0 ? "" : `，另有 ${others.length} 项`;
  const notification = new Notification(TITLE, { body: first.text + more, tag: "tongda" });
  notification.onclick = () => {
    window.focus();
    notification.close();
  };
}

/** Asks, from a click, for the right to show notifications. */
export async function allowNotifications(): Promise<void> {
  if (typeof Notification !== "undefined" && Notification.permission === "default")
    await Notification.requestPermission();
}
