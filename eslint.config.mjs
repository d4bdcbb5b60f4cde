// The rules of schema.graphql, of operations and of TypeScript, and their exceptions, each with its reason.
// tests/test_lint.py fails for an exception of GraphQL that is no longer needed.
import { readFileSync } from "node:fs";

import graphql from "@graphql-eslint/eslint-plugin";
import { defineConfig, globalIgnores } from "eslint/config";
import { buildSchema } from "graphql";
import typescript from "typescript-eslint";

const SCHEMA = "schema.graphql";
/** The operations of each program, valid together, without a name twice; relay-compiler checks Relay's, and names them. */
const OPERATIONS = {
  examples: "examples/**/*.graphql",
  python: "clients/python/operations/*.graphql",
  apollo: "clients/apollo/*.ts",
};

const schema = buildSchema(readFileSync(new URL(SCHEMA, import.meta.url), "utf8"));
const implementing = (name) => schema.getPossibleTypes(schema.getType(name)).map((type) => type.name);

const plugins = { "@graphql-eslint": graphql };

const extensions = { pluckConfig: { globalGqlIdentifierName: ["graphql"] } };
const projects = Object.entries(OPERATIONS).map(([name, documents]) => [name, { schema: SCHEMA, documents, extensions }]);
const languageOptions = {
  parser: graphql.parser,
  parserOptions: { graphQLConfig: { projects: Object.fromEntries(projects) } },
};

/** What has no life of its own has no id. */
const WITHOUT_ID = {
  suffixes: [
    "Connection", // a page is its list's, by the list's arguments
    "Edge", // an item of a page is known by its cursor
    "Payload", // a result is of one call
    "Terms", // terms are those of a version of an SLA, which has an id
    "Compliance", // so are the figures about its promises
  ],
  types: [
    ...implementing("UserError"), // an error is of one call, known by its code and path
    ...implementing("DeadlineStep"), // a step explains one deadline, by its place
    ...implementing("KPI"), // a figure is the Pulse's
    // Figures and their parts, of an account at an instant.
    "Activity",
    "DailyGuarantee",
    "GuaranteeDay",
    "Interval",
    "MeasuredTime",
    "Pulse",
    "StepSavings",
    "Trend",
    // Parts of an order, an image or an event.
    "Action",
    "CompletedStep",
    "Deadline",
    "OrderProgress",
    "RejectedImage",
    "SplitOffOrder",
    "StepProgress",
    // Parts of an account, a specification or an SLA.
    "ComingPlan",
    "Contact",
    "SpecificationStep",
    "SpecificationTurnaround",
    "StandardTurnaround",
    // Offers, known by their token, and their parts.
    "Quote",
    "QuotePart",
    // An amount, the place of a page in its list, the caller, and a part of one call.
    "Money",
    "PageInfo",
    "Viewer",
    "Warning",
  ],
};

export default defineConfig(
  globalIgnores(["**/dist/", "**/generated/", "**/__generated__/"]),
  { linterOptions: { noInlineConfig: true } },
  {
    files: ["app/web/ui/**/*.{ts,tsx}", "clients/**/*.ts"],
    extends: [typescript.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/ban-ts-comment": ["error", { "ts-expect-error": true }],
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
    },
  },
  { files: ["clients/**/*.mjs"], extends: [typescript.configs.strict] },
  {
    files: [SCHEMA],
    plugins,
    languageOptions,
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      ...graphql.configs["flat/schema-relay"].rules,
      "@graphql-eslint/strict-id-in-types": ["error", { exceptions: WITHOUT_ID }],
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          DirectiveDefinition: true,
          rootField: true,
          // @oneOf is GraphQL's own, defined for programs that do not know it yet.
          ignoredSelectors: ["[type=DirectiveDefinition][name.value=oneOf]"],
        },
      ],
      // Lists that are only read from their start on have no `last` and `before`; Relay's rules need one pair.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
      "@graphql-eslint/relay-edge-types": [
        "error",
        {
          // Short lists, such as the errors of a call, are whole, and a page has its `nodes` beside its edges.
          listTypeCanWrapOnlyEdgeType: false,
          // A RejectedImage is a part of an event, in a list of its own; the items of all other lists are nodes.
          shouldImplementNode: false,
        },
      ],
    },
  },
  { files: [OPERATIONS.apollo], processor: graphql.processor }, // makes files of their operations
  {
    files: [OPERATIONS.examples, OPERATIONS.python, `${OPERATIONS.apollo}/*.graphql`],
    plugins,
    languageOptions,
    rules: graphql.configs["flat/operations-recommended"].rules,
  },
  {
    // Neither GraphiQL, where people read the examples, nor gql has a cache that would need ids.
    files: [OPERATIONS.examples, OPERATIONS.python],
    rules: { "@graphql-eslint/require-selections": "off" },
  },
);
