/** Step 7, the staff console: starts the application. */
import "../../shared/theme.css";
import "element-plus/theme-chalk/base.css";
import "element-plus/theme-chalk/el-button.css";
import "element-plus/theme-chalk/el-message.css";
import "element-plus/theme-chalk/el-message-box.css";
import "element-plus/theme-chalk/el-overlay.css";
import "element-plus/theme-chalk/el-dialog.css";
import "./styles/base.css";
import "./styles/element.css";
import { createPinia } from "pinia";
import { createApp } from "vue";
import { listen } from "./api/http";
import App from "./App.vue";
import { makeRouter } from "./router";
import { useClock } from "./stores/clock";
import { useSession } from "./stores/session";

const app = createApp(App);
app.use(createPinia());
const clock = useClock();
clock.start();
const router = makeRouter();
listen({
  serverTime: clock.heardServerTime,
  signedOut: () => {
    const session = useSession();
    if (session.user === null) return;
    session.leave();
    void router.push({ name: "sign-in", query: { to: router.currentRoute.value.fullPath, ended: "1" } });
  },
});
app.use(router);
app.mount("#app");
