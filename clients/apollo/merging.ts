import type { FieldMergeFunction, Reference, StoreObject } from "@apollo/client";
import type { FieldMergeFunctionOptions } from "@apollo/client/cache";
import { isReference } from "@apollo/client/utilities";

type Cached = Reference | StoreObject;
type Fields = readonly string[];
type MergeObjects = FieldMergeFunctionOptions["mergeObjects"];

/** Merge the parts of an object without an id, unless one of these fields has changed: then it is another object. */
export function mergeSame(...fields: Fields): FieldMergeFunction<Cached | null> {
  return (existing, incoming, { mergeObjects }) =>
    existing && incoming ? mergedOr(incoming, existing, fields, mergeObjects) : incoming;
}

/** Merge the items of a list, each with the one that was at its position, by the same rule. */
export function mergeSameItems(...fields: Fields): FieldMergeFunction<readonly Cached[] | null> {
  return (existing, incoming, { mergeObjects }) =>
    incoming?.map((item, index) => {
      const before = existing?.[index];
      return before ? mergedOr(item, before, fields, mergeObjects) : item;
    }) ?? null;
}

function mergedOr<T extends Cached>(incoming: T, existing: T, fields: Fields, mergeObjects: MergeObjects): T {
  return isSame(existing, incoming, fields) ? mergeObjects(existing, incoming) : incoming;
}

/** Return whether no field is known of both objects and differs. */
function isSame(one: Cached, other: Cached, fields: Fields): boolean {
  if (isReference(one) || isReference(other)) {
    return false;
  }
  return fields.every((name) => one[name] === undefined || other[name] === undefined || one[name] === other[name]);
}
