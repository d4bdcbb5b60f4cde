// Prints the texts by which tools of npm's packages read a schema, as a list in JSON.
//
// graphql-js makes those of GraphQL Code Generator, GraphQL Inspector and GraphiQL; Relay's packages bring an older one.
import { createRequire } from "node:module";
import { getIntrospectionQuery } from "graphql";

const ofRelay = createRequire(import.meta.resolve("babel-plugin-relay"))("graphql");
const OPTIONS = [
  "descriptions",
  "specifiedByUrl",
  "directiveIsRepeatable",
  "schemaDescription",
  "inputValueDeprecation",
  "experimentalDirectiveDeprecation",
  "oneOf",
];

/** All choices of these options. */
function choices([option, ...others]) {
  if (option === undefined) return [{}];
  return choices(others).flatMap((choice) => [true, false].map((chosen) => ({ ...choice, [option]: chosen })));
}

const made = [ofRelay.getIntrospectionQuery(), ...choices(OPTIONS).map((options) => getIntrospectionQuery(options))];
const again = made.map((text) => text.replace("subscriptionType { name }", "")); // GraphiQL, after an answer without data
console.log(JSON.stringify([...new Set([...made, ...again])]));
