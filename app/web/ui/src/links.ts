/** An operation to open, as links have it: `?query=&variables=&operationName=`. */
export interface LinkedOperation {
  query: string;
  variables: string;
  operationName: string | null;
}

/** Return the operation that an address asks to open; null if it names none. */
export function linkOf(address: Pick<URL, "search">): LinkedOperation | null {
  const parameters = new URLSearchParams(address.search);
  const query = parameters.get("query");
  if (!query) return null;
  return { query, variables: parameters.get("variables") ?? "", operationName: parameters.get("operationName") };
}

/** Return the link that opens an operation here. It never has a token. */
export function linkTo({ query, variables, operationName }: LinkedOperation): string {
  const link = new URL(window.location.pathname, window.location.origin);
  link.searchParams.set("query", query);
  if (variables.trim() !== "") link.searchParams.set("variables", variables);
  if (operationName !== null) link.searchParams.set("operationName", operationName);
  return link.href;
}
