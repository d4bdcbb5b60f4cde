import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./", // relative, so that the page works below any path of a proxy
  plugins: [react()],
  worker: { format: "es" },
  build: {
    assetsDir: "graphiql", // as the server's address of them
    assetsInlineLimit: 0, // the page's policy allows fonts and workers as files only
    chunkSizeWarningLimit: 4096, // Monaco is large
    license: { fileName: "licenses.md" },
    reportCompressedSize: false,
  },
});
