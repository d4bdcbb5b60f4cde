import type { FieldPolicy, Reference, StoreObject } from "@apollo/client";
import type { FieldMergeFunctionOptions, FieldReadFunctionOptions, KeyArgsFunction } from "@apollo/client/cache";
import { type FieldNode, print } from "graphql";

/** A connection in the cache, of which any part may be unknown. */
interface Page {
  readonly edges?: readonly StoreObject[];
  readonly nodes?: readonly (Reference | StoreObject)[];
  readonly pageInfo?: {
    readonly startCursor?: string | null;
    readonly endCursor?: string | null;
    readonly hasPreviousPage?: boolean;
    readonly hasNextPage?: boolean;
  };
}

interface Arguments {
  readonly after?: string | null;
  readonly before?: string | null;
}

type Options = FieldMergeFunctionOptions<Arguments>;
type Pages = FieldPolicy<Page, Page, Page, FieldReadFunctionOptions<Arguments>, Options>;

const selections = new WeakMap<FieldNode, string>();

/**
 * The policy of a connection: a list for each set of the other arguments and of selected fields.
 *
 * `fetchMore` makes it longer at either end, and any other request replaces it. Widgets that select other fields have
 * lists of their own, or the pages of one would lack what the other asks for.
 */
export function pages(...otherArguments: readonly string[]): Pages {
  const keyArgs: KeyArgsFunction = (args, { field }) => {
    const given = otherArguments.filter((name) => args?.[name] !== undefined);
    return JSON.stringify([Object.fromEntries(given.map((name) => [name, args?.[name]])), field && selectionOf(field)]);
  };
  return { keyArgs, merge };
}

function merge(existing: Page | undefined, incoming: Page, { args }: Options): Page {
  const { startCursor, endCursor } = existing?.pageInfo ?? {};
  if (!existing || !(args?.after ?? args?.before)) {
    return incoming;
  }
  if (args.after && args.after === endCursor) {
    return joined(existing, incoming);
  }
  if (args.before && args.before === startCursor) {
    return joined(incoming, existing);
  }
  return isEndOf(existing, incoming, args) ? existing : incoming;
}

/** Join a page and the one after it. */
function joined(first: Page, second: Page): Page {
  const { startCursor, hasPreviousPage } = first.pageInfo ?? {};
  return {
    ...second,
    ...(first.edges && second.edges && { edges: [...first.edges, ...second.edges] }),
    ...(first.nodes && second.nodes && { nodes: [...first.nodes, ...second.nodes] }),
    pageInfo: {
      ...second.pageInfo,
      ...(startCursor !== undefined && { startCursor }),
      ...(hasPreviousPage !== undefined && { hasPreviousPage }),
    },
  };
}

/** Return whether a page is already part of the list, which is so where it was asked for twice at once. */
function isEndOf({ pageInfo: list }: Page, { pageInfo: page }: Page, { after }: Arguments): boolean {
  const [end, other] = after ? [page?.endCursor, list?.endCursor] : [page?.startCursor, list?.startCursor];
  return Boolean(end) && end === other;
}

function selectionOf(field: FieldNode): string {
  const known = selections.get(field);
  if (known !== undefined) {
    return known;
  }
  const printed = field.selectionSet ? print(field.selectionSet).replaceAll(/\s+/g, " ") : "";
  selections.set(field, printed);
  return printed;
}
