// Prints as JSON the exceptions for types without an id, and the lines that rules report without their exceptions, by rule.
// Arguments: rules with other options as JSON, and files.
import { ESLint } from "eslint";

const [rules, ...files] = process.argv.slice(2);

const { rules: kept } = await new ESLint().calculateConfigForFile("schema.graphql");
const results = await new ESLint({ overrideConfig: { rules: JSON.parse(rules) } }).lintFiles(files);
const lines = results.flatMap(({ messages, source }) =>
  messages.map(({ ruleId, line }) => [ruleId, source.split("\n")[line - 1].trim()]),
);
const [, { exceptions }] = kept["@graphql-eslint/strict-id-in-types"];
console.log(JSON.stringify({ exceptions, reported: Object.groupBy(lines, ([rule]) => rule) }));
