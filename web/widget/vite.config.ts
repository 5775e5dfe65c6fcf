/**
 * One build, three files that a browser loads by name:
 *   index.html   the shop's chat page (mode "page", the default)
 *   widget.js    the launcher for other sites: a classic script, small, without deep-chat
 *   panel.js     the chat itself, fetched by widget.js when a customer first opens it
 */
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => {
  const shared = { base: "./", build: { outDir: "dist", target: "es2022" } };
  if (mode !== "widget" && mode !== "panel") return shared;
  return {
    ...shared,
    publicDir: false,
    build: {
      ...shared.build,
      emptyOutDir: false,
      lib: {
        entry: `src/${mode}.ts`,
        formats: ["iife"],
        name: "NightDesk",
        fileName: () => `${mode}.js`,
      },
    },
  };
});
