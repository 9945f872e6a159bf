/** The console's pages, and who may open which. */
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from "vue-router";
import type { Role } from "./api/schemas";
import { useSession } from "./stores/session";

declare module "vue-router" {
  interface RouteMeta {
    /** Any of these may open the page; absent, everybody may. */
    readonly roles?: readonly Role[];
  }
}

export const DESK: readonly Role[] = ["agent", "expert", "supervisor"];
const READERS: readonly Role[] = ["content", "agent", "expert", "supervisor"];

export interface Place {
  readonly name: string;
  readonly path: string;
  readonly label: string;
  readonly icon: "conversations" | "queue" | "orders" | "knowledge" | "users";
  readonly roles: readonly Role[];
}

/** The left rail, in order. */
export const PLACES: readonly Place[] = [
  { name: "conversations", path: "/conversations", label: "会话", icon: "conversations", roles: DESK },
  { name: "queue", path: "/queue", label: "队列", icon: "queue", roles: DESK },
  { name: "orders", path: "/orders", label: "工单", icon: "orders", roles: DESK },
  { name: "knowledge", path: "/knowledge", label: "知识库", icon: "knowledge", roles: READERS },
  { name: "users", path: "/users", label: "设置", icon: "users", roles: ["administrator"] },
];

const ROUTES: readonly RouteRecordRaw[] = [
  { path: "/sign-in", name: "sign-in", component: () => import("./pages/sign-in/SignInPage.vue") },
  {
    path: "/conversations/:id?",
    name: "conversations",
    component: () => import("./pages/conversations/ConversationsPage.vue"),
    meta: { roles: DESK },
  },
  {
    path: "/queue",
    name: "queue",
    component: () => import("./pages/queue/QueuePage.vue"),
    meta: { roles: DESK },
  },
  {
    path: "/orders/:number?",
    name: "orders",
    component: () => import("./pages/orders/OrdersPage.vue"),
    meta: { roles: DESK },
  },
  {
    path: "/knowledge",
    name: "knowledge",
    component: () => import("./pages/knowledge/EntriesPage.vue"),
    meta: { roles: READERS },
  },
  {
    path: "/knowledge/new",
    name: "new-entry",
    component: () => import("./pages/knowledge/EntryPage.vue"),
    meta: { roles: ["content"] },
  },
  {
    path: "/knowledge/entries/:id",
    name: "entry",
    component: () => import("./pages/knowledge/EntryPage.vue"),
    meta: { roles: READERS },
  },
  {
    path: "/users",
    name: "users",
    component: () => import("./pages/users/UsersPage.vue"),
    meta: { roles: ["administrator"] },
  },
  { path: "/:rest(.*)", name: "home", redirect: "/conversations" },
];

export function makeRouter(): Router {
  const router = createRouter({ history: createWebHistory(import.meta.env.BASE_URL), routes: ROUTES });
  guard(router);
  return router;
}

/** Nobody sees a page without having signed in, nor one that is not theirs: they get their first one. */
function guard(router: Router): void {
  router.beforeEach(async (to) => {
    const session = useSession();
    await session.restore();
    if (to.name === "sign-in") return session.user === null ? true : { path: "/" };
    if (session.user === null) return { name: "sign-in", query: { to: to.fullPath } };
    if (to.meta.roles === undefined || session.may(...to.meta.roles)) return true;
    const first = PLACES.find((place) => session.may(...place.roles));
    return first === undefined ? true : { path: first.path };
  });
}
