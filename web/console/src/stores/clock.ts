/** The time that waiting and deadlines are shown by: this machine's, corrected when the server's differs. */
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { dayOf } from "../lib/time";

const TICK_MS = 1000;
/** The server's time comes in whole seconds and takes its way; less than this is no difference. */
const TOLERANCE_MS = 3000;

export const useClock = defineStore("clock", () => {
  const now = ref(Date.now());
  const correction = ref(0);
  const today = computed(() => dayOf(now.value));

  function tick(): void {
    now.value = Date.now() + correction.value;
  }

  function heardServerTime(at: number): void {
    const difference = at - Date.now();
    correction.value = Math.abs(difference) > TOLERANCE_MS ? difference : 0;
  }

  function start(): void {
    setInterval(tick, TICK_MS);
  }

  return { now, today, tick, start, heardServerTime };
});
