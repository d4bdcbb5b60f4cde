import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Leaves out the older of the two formats that packages have of each font; browsers that run the page read the newer. */
const fonts: Plugin = {
  name: "fonts",
  enforce: "pre",
  transform: (code, id) => (id.includes("/@fontsource/") ? code.replace(/, url\(\S+\.woff\) format\('woff'\)/, "") : null),
};

export default defineConfig({
  base: "./", // relative, so that the page works below any path of a proxy
  plugins: [fonts, react()],
  worker: { format: "es" },
  build: {
    assetsDir: "graphiql", // as the server's address of them
    assetsInlineLimit: 0, // the page's policy allows fonts and workers as files only
    chunkSizeWarningLimit: 4096, // Monaco is large
    license: { fileName: "licenses.md" },
    reportCompressedSize: false,
  },
});
