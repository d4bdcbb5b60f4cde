// Compiles Relay's tags for Node, as babel-plugin-relay does it in a bundler: node --import ./tags.mjs feed.ts
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { transformSync } from "@babel/core";

registerHooks({
  resolve: (specifier, context, next) => next(specifier.endsWith(".graphql") ? `${specifier}.ts` : specifier, context),
  load(url, context, next) {
    const loaded = next(url, context);
    const source = String(loaded.source ?? "");
    if (!url.endsWith(".ts") || !source.includes("graphql`")) {
      return loaded;
    }
    const options = { plugins: [["relay", { eagerEsModules: true }]], configFile: false, filename: fileURLToPath(url) };
    return { format: "module", source: transformSync(stripTypeScriptTypes(source), options).code };
  },
});
