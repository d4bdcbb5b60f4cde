import { createContext } from "react";

/** The kinds of callers, as `Viewer.kind` has them. */
export const ROLES = ["CLIENT", "STAFF"] as const;

export type Role = (typeof ROLES)[number];

/** The caller's role; null without a valid token. */
export const RoleContext = createContext<Role | null>(null);

export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}
