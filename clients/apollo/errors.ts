import { ApolloLink, CombinedGraphQLErrors } from "@apollo/client";
import { RetryLink } from "@apollo/client/link/retry";
import { OperationTypeNode } from "graphql";
import { map } from "rxjs";

const ATTEMPTS = 4;

interface UserError {
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[];
}

/** A mutation was refused, and nothing has changed. */
export class Refused extends Error {
  readonly userErrors: readonly UserError[];

  constructor(userErrors: readonly UserError[]) {
    super(userErrors.map(({ message }) => message).join(" "));
    this.name = "Refused";
    this.userErrors = userErrors;
  }
}

/** Return the payload of a mutation that has changed something; throws Refused. */
export function accepted<Payload extends { readonly userErrors: readonly UserError[] }>(payload: Payload): Payload {
  if (payload.userErrors.length > 0) {
    throw new Refused(payload.userErrors);
  }
  return payload;
}

/** Return whether an error of the API has this code. */
export function hasCode(error: unknown, code: string): boolean {
  return CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.["code"] === code);
}

/** Throws errors of answers without data, as RetryLink wants them; other answers keep theirs. */
export const failures = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    map((result) => {
      const error = new CombinedGraphQLErrors(result);
      if (!result.data && hasCode(error, "UNAVAILABLE")) {
        throw error;
      }
      return result;
    }),
  ),
);

/** Asks again what could not be answered, if that is safe: queries, and mutations with an idempotency key. */
export const retries = new RetryLink({
  attempts: (count, operation, error) => count < ATTEMPTS && isRepeatable(operation) && isPassing(error),
  delay: (count, _, error) => 1000 * Math.max(count, retryAfter(error)) * (1 + Math.random() / 2),
});

function isPassing(error: unknown): boolean {
  return CombinedGraphQLErrors.is(error) || (error instanceof TypeError);
}

function isRepeatable({ operationType, variables }: ApolloLink.Operation): boolean {
  const { input }: { input?: unknown } = variables;
  const key = typeof input === "object" && input !== null && "idempotencyKey" in input && input.idempotencyKey;
  return operationType === OperationTypeNode.QUERY || Boolean(key);
}

function retryAfter(error: unknown): number {
  const found = CombinedGraphQLErrors.is(error) ? error.errors.map(({ extensions }) => extensions?.["retryAfter"]) : [];
  return Math.max(0, ...found.filter((seconds) => typeof seconds === "number"));
}
