// Prints the breaking and the dangerous changes from one schema to another as JSON.
// Usage: python -m tools.node node tools/schema_changes.mjs BEFORE AFTER
import { readFileSync } from "node:fs";

import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const [before, after] = process.argv.slice(2).map((file) => buildSchema(readFileSync(file, "utf8")));
const changes = (await diff(before, after)).filter(({ criticality }) => criticality.level !== CriticalityLevel.NonBreaking);
// A change of the schema itself, as of its root types, has no path.
console.log(JSON.stringify(changes.map(({ criticality, type, message, path = "schema" }) => ({ level: criticality.level, type, message, path }))));
