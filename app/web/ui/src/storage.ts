import { createLocalStorage, type Storage } from "@graphiql/toolkit";

import type { Role } from "./roles";

/** The keys of what holds for every role; tabs, history and panels are each role's own. */
const SHARED = ["graphiql:theme"];

/** The keys of the history, in which GraphiQL puts the headers of each operation, too: they may have a token. */
const HISTORY = ["graphiql:queries", "graphiql:favorites"];

/** Read or write what the browser stores; null where it refuses, as one that blocks storage does, or a full one. */
export function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

/** Return GraphiQL's storage for a role. GraphiQL expects errors of `setItem`, and of nothing else. */
export function storageOf(role: Role | null): Storage {
  const shared = createLocalStorage({ namespace: "loupe" });
  const own = createLocalStorage({ namespace: `loupe:${role ?? "anyone"}` });
  const storageOfKey = (key: string) => (SHARED.includes(key) ? shared : own);
  return {
    getItem: (key) => attempt(() => storageOfKey(key).getItem(key)),
    setItem(key, value) {
      storageOfKey(key).setItem(key, HISTORY.includes(key) ? withoutHeaders(value) : value);
    },
    removeItem(key) {
      attempt(() => {
        storageOfKey(key).removeItem(key);
      });
    },
    clear() {
      attempt(() => {
        shared.clear(); // all of them: their names begin with its own
      });
    },
    get length() {
      return attempt(() => shared.length) ?? 0;
    },
  };
}

function withoutHeaders(json: string): string {
  return JSON.stringify(JSON.parse(json), (name, value: unknown) => (name === "headers" ? undefined : value));
}
