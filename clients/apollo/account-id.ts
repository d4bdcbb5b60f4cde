import { DocumentTransform } from "@apollo/client";
import { type FieldNode, Kind, type SelectionNode, visit } from "graphql";

const ID: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "id" } };

/** Asks for the id of each `account`, under which the cache puts the parts that widgets ask for together. */
export const withAccountId = new DocumentTransform((document) =>
  visit(document, {
    Field: {
      leave: ({ name, selectionSet, ...field }) =>
        name.value === "account" && selectionSet && !selectionSet.selections.some(isId)
          ? { ...field, name, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, ID] } }
          : undefined,
    },
  }),
);

function isId(selection: SelectionNode): boolean {
  return selection.kind === Kind.FIELD && selection.name.value === "id" && !selection.alias;
}
