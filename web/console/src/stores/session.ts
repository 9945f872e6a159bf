/** Who is signed in at this page, and the seat they work at. */
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import * as accounts from "../api/accounts";
import * as desk from "../api/desk";
import { ApiError, setCsrfToken } from "../api/http";
import type { Availability, Role, Seat, SignedIn, User } from "../api/schemas";

export const useSession = defineStore("session", () => {
  const user = ref<User | null>(null);
  const seat = ref<Seat | null>(null);
  const seatId = computed(() => seat.value?.id ?? null);
  let restoring: Promise<void> | null = null;

  /** Whether the user has one of the roles; an administrator has all. */
  function may(...roles: readonly Role[]): boolean {
    return user.value?.roles.some((role) => role === "administrator" || roles.includes(role)) ?? false;
  }

  function enter(opened: SignedIn): void {
    setCsrfToken(opened.csrf_token);
    user.value = opened.user;
    seat.value = opened.user.seat;
  }

  function leave(): void {
    user.value = null;
    seat.value = null;
    setCsrfToken("");
  }

  /** Takes up the session that the browser's cookie stands for, once; nobody is signed in without one. */
  function restore(): Promise<void> {
    restoring ??= accounts.readSession().then(enter, (error: unknown) => {
      if (!(error instanceof ApiError && error.status === 401)) {
        restoring = null;
        throw error;
      }
    });
    return restoring;
  }

  async function signIn(username: string, password: string): Promise<void> {
    enter(await accounts.openSession(username, password));
  }

  async function signOut(): Promise<void> {
    await accounts.closeSession();
    leave();
  }

  async function setAvailability(availability: Availability): Promise<void> {
    seat.value = await desk.setAvailability(availability);
  }

  function applySeat(changed: Seat): void {
    if (changed.id === seatId.value) seat.value = changed;
  }

  return { user, seat, seatId, may, restore, signIn, signOut, leave, setAvailability, applySeat };
});
