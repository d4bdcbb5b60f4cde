import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page's addresses are relative, so that it works below any path of a proxy.
export default defineConfig({
  base: "./",
  plugins: [react()],
  worker: { format: "es" },
});
