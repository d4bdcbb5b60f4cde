import { createLocalStorage, type Storage } from "@graphiql/toolkit";

import type { Role } from "./roles";

/** The keys of what holds for every role; tabs, history and panels are each role's own. */
const SHARED = ["graphiql:theme"];

/** Return GraphiQL's storage for a role. */
export function storageOf(role: Role | null): Storage {
  const shared = createLocalStorage({ namespace: "loupe" });
  const own = createLocalStorage({ namespace: `loupe:${role ?? "anyone"}` });
  const storageOfKey = (key: string) => (SHARED.includes(key) ? shared : own);
  return {
    getItem: (key) => storageOfKey(key).getItem(key),
    setItem(key, value) {
      storageOfKey(key).setItem(key, value);
    },
    removeItem(key) {
      storageOfKey(key).removeItem(key);
    },
    clear() {
      shared.clear(); // all of them: their names begin with its own
    },
    get length() {
      return shared.length;
    },
  };
}
