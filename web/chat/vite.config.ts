import { resolve } from "node:path";
import { defineConfig } from "vite";

const page = (name: string): string => resolve(import.meta.dirname, name);

/** Our own page that holds the widget. Relative addresses, so that it works below any path. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  publicDir: false,
  build: {
    outDir: "../dist/chat",
    emptyOutDir: true,
    modulePreload: false,
    rolldownOptions: { input: [page("index.html"), page("privacy.html")] },
  },
});
