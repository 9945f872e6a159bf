/** Signing in and out, and the administrator's accounts. */
import { get, post, remove } from "./http";
import type { NewUser, SignedIn, User } from "./schemas";

export const readSession = (): Promise<SignedIn> => get("/session");
export const openSession = (username: string, password: string): Promise<SignedIn> =>
  post("/session", { username, password });
export const closeSession = (): Promise<undefined> => remove("/session");

export async function listUsers(): Promise<readonly User[]> {
  return (await get<{ users: User[] }>("/users")).users;
}

/** The generated password is in this answer and nowhere else. */
export const createUser = (user: NewUser): Promise<{ user: User; password: string }> => post("/users", user);
