import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue()],
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"], restoreMocks: true },
});
