import type { Role } from "./roles";

/** An operation to try, in a document whose first line is its title; variables are JSON, or empty. */
export interface Example {
  title: string;
  query: string;
  variables: string;
}

const FILES = import.meta.glob<string>("../../../../examples/*/*.{graphql,json}", {
  query: "?raw",
  import: "default",
  eager: true,
});

const TITLE = /^#\s*(.+)/;

/** The examples of each role, in the order of their files' names. */
export const EXAMPLES: Record<Role, Example[]> = { CLIENT: examplesIn("client"), STAFF: examplesIn("staff") };

/** The examples that are opened at the first visit. */
export const FIRST_EXAMPLES = 3;

/** Return the title of a document, a comment in its first line; undefined if there is none. */
export function titleOf(query: string | null): string | undefined {
  return TITLE.exec(query ?? "")?.[1];
}

/** Return the example that a document is, also a changed one, by its title; undefined if it is none. */
export function exampleOf(query: string): Example | undefined {
  const title = titleOf(query);
  return Object.values(EXAMPLES)
    .flat()
    .find((example) => example.title === title);
}

function examplesIn(folder: string): Example[] {
  const documents = Object.entries(FILES).filter(([path]) => path.includes(`/${folder}/`) && path.endsWith(".graphql"));
  return documents
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([path, query]) => ({
      title: titleOf(query) ?? path,
      query,
      variables: FILES[path.replace(/graphql$/, "json")] ?? "",
    }));
}
