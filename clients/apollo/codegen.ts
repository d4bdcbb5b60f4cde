import type { CodegenConfig } from "@graphql-codegen/cli";
import scalars from "../schema/scalars.json" with { type: "json" };

const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: ["*.ts", "!codegen.ts"],
  importExtension: ".ts",
  generates: {
    "generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: { unmaskFunctionName: "readFragment" } },
      config: { scalars, strictScalars: true, enumsAsTypes: true, useTypeImports: true, immutableTypes: true },
    },
    "../schema/possible-types.json": { plugins: ["./codegen/possible-types.ts"] },
    "type-policies.ts": { plugins: ["./codegen/type-policies.ts"] },
  },
};

export default config;
