import { defineConfig } from "vite";

/** One classic script with its styles inside, so that any page embeds it with one tag. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    target: ["chrome87", "safari14", "firefox80"],
    outDir: "../dist",
    emptyOutDir: false,
    lib: { entry: "src/widget.ts", formats: ["iife"], name: "tongda", fileName: () => "widget.js" },
  },
});
