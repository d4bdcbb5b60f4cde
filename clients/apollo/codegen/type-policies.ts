import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
} from "graphql";

/** Types that have an id, but other facts under it in other places, so each place keeps its own. */
const EMBEDDED = new Map([
  ["NotFound", []], // the id of an object that is not there
  ["SLA", ["id"]], // its compliance is as of the instant that `Account.sla` was asked for
  ["Specification", ["id", "version"]], // an order has the version that it was placed with
]);

/** What tells objects without an id from one another, in the same place or at the same position of a list. */
const IDENTITIES = new Map([
  ...EMBEDDED,
  ["Action", ["kind"]],
  ["Activity", ["date"]],
  ["ComingPlan", ["plan"]],
  ["CompletedStep", ["step", "at"]],
  ["Contact", ["name", "email"]],
  ["DailyGuarantee", ["date"]],
  ["Deadline", ["at"]],
  ["DeadlineStep", ["code", "text"]],
  ["KPI", []],
  ["Money", ["currency"]],
  ["SpecificationStep", ["step"]],
  ["StepProgress", ["step"]],
  ["StepSavings", ["step"]],
]);

const HEAD = `import type { TypePolicies } from "@apollo/client";
import { mergeSame, mergeSameItems } from "./merging.ts";
import { pages } from "./pages.ts";

/** How Loupe's types are cached; made from the schema. */
export const typePolicies: TypePolicies = {
`;

/** Write Apollo's type policies: lists in pages, and parts of objects without an id merged. */
export function plugin(schema: GraphQLSchema): string {
  for (const name of IDENTITIES.keys()) {
    if (!schema.getType(name)) {
      throw new Error(`The schema has no type ${name}.`);
    }
  }
  const cached = Object.values(schema.getTypeMap()).filter(isObjectType).filter(isCached);
  const lines = cached.map((type) => [type.name, policyOf(type)] as const).filter(([, policy]) => policy.length > 0);
  return `${HEAD}${lines.map(([name, policy]) => `  ${name}: { ${policy.join(", ")} },\n`).join("")}};`;
}

function isCached({ name }: GraphQLObjectType): boolean {
  return !name.startsWith("__") && !/^Mutation$|Connection$|Edge$|Payload$/.test(name);
}

function policyOf(type: GraphQLObjectType): readonly string[] {
  const fields = Object.values(type.getFields()).flatMap((field) => fieldPolicyOf(field));
  return [...objectPolicyOf(type), ...(fields.length > 0 ? [`fields: {\n${fields.join("")}  }`] : [])];
}

function objectPolicyOf(type: GraphQLObjectType): readonly string[] {
  const embedded = EMBEDDED.has(type.name) ? ["keyFields: false"] : [];
  const merged = IDENTITIES.has(type.name) || !("id" in type.getFields());
  const identity = identityOf(type.name);
  const merge = identity ? `mergeSame(${identity})` : "true";
  return merged && type.name !== "Query" ? [...embedded, `merge: ${merge}`] : embedded;
}

function fieldPolicyOf({ name, type, args }: GraphQLField<unknown, unknown>): readonly string[] {
  const named = getNamedType(type);
  if (named.name.endsWith("Connection")) {
    const other = args.map((argument) => argument.name).filter((argument) => !["after", "before"].includes(argument));
    return [`    ${name}: pages(${other.map(quoted).join(", ")}),\n`];
  }
  if (named.name.endsWith("Payload")) {
    return [`    ${name}: { merge: false },\n`];
  }
  if (isListType(getNullableType(type)) && IDENTITIES.has(named.name)) {
    return [`    ${name}: { merge: mergeSameItems(${identityOf(named.name)}) },\n`];
  }
  return [];
}

function identityOf(name: string): string {
  return (IDENTITIES.get(name) ?? []).map(quoted).join(", ");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
