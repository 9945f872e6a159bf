import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** The staff console, served at /console/. In development the API is taken from a server on this machine. */
export default defineConfig({
  root: import.meta.dirname,
  base: "/console/",
  publicDir: false,
  plugins: [vue()],
  build: { outDir: "../dist/console", emptyOutDir: true, target: "es2022" },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } } },
});
