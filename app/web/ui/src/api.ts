import type { Fetcher } from "@graphiql/toolkit";
import type { ExecutionResult } from "graphql";

import { isRole, type Role } from "./roles";

const CALLER = "{ viewer { kind account { name } } }";

export interface Caller {
  role: Role;
  /** The name of the client's account; null for staff. */
  account: string | null;
}

/** Ask the API who the caller is; rejects with its error if it refuses the token. */
export async function askForCaller(token: string): Promise<Caller> {
  const answer = await post(token, { query: CALLER });
  const role = valueAt(answer, "data", "viewer", "kind");
  if (!isRole(role)) throw new Error(textOf(valueAt(answer, "errors", "0", "message")) ?? "The API refuses the token.");
  return { role, account: textOf(valueAt(answer, "data", "viewer", "account", "name")) };
}

/** Make the function by which GraphiQL sends operations. */
export function fetcherFor(token: string): Fetcher {
  return async (operation, options) => {
    const answer = await post(token, operation, options?.headers);
    if (!isResult(answer)) throw new Error("The API answers without a result.");
    return answer;
  };
}

function isResult(answer: unknown): answer is ExecutionResult {
  return isObject(answer) && ("data" in answer || "errors" in answer);
}

/** Send an operation to the address of the page itself, and return the JSON of the response; rejects with a sentence. */
async function post(token: string, operation: object, others?: Record<string, string>): Promise<unknown> {
  const headers = headersOf(token, others);
  const body = JSON.stringify(operation);
  const response = await fetch(window.location.pathname, { method: "POST", headers, body }).catch(() => {
    throw new Error("The API cannot be reached.");
  });
  const answer: unknown = await response.json().catch(() => {
    throw new Error(`The API answers with status ${String(response.status)} and no JSON.`);
  });
  return answer;
}

function headersOf(token: string, others?: Record<string, string>): Headers {
  try {
    return new Headers({
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
      ...(token === "" ? {} : { Authorization: `Bearer ${token}` }),
      ...others,
    });
  } catch {
    throw new Error("The token or a header has characters that cannot be sent.");
  }
}

/** Return what JSON has at a path; undefined if it has nothing there. */
function valueAt(json: unknown, ...path: string[]): unknown {
  return path.reduce((value, name) => (isObject(value) ? value[name] : undefined), json);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
