import { type GraphQLAbstractType, type GraphQLSchema, isAbstractType } from "graphql";

/** Write the object types of each interface as JSON, which caches need to match fragments on interfaces. */
export function plugin(schema: GraphQLSchema): string {
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  const possible = abstract.map((type): [string, string[]] => [type.name, namesOf(schema, type)]);
  return JSON.stringify(Object.fromEntries(possible.sort()), null, 2);
}

function namesOf(schema: GraphQLSchema, type: GraphQLAbstractType): string[] {
  return schema.getPossibleTypes(type).map(({ name }) => name).sort();
}
