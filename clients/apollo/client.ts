import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { ErrorLink } from "@apollo/client/link/error";
import possibleTypes from "../schema/possible-types.json" with { type: "json" };
import { withAccountId } from "./account-id.ts";
import { failures, hasCode, retries } from "./errors.ts";
import { typePolicies } from "./type-policies.ts";

export interface Options {
  readonly url: string;
  /** Returns the token of the caller, for each request. */
  readonly token: () => string;
  /** Called when the token is refused. */
  readonly onUnauthenticated?: () => void;
  readonly fetch?: typeof fetch;
}

/** Make a client of a Loupe; another caller needs another one, or `clearStore()`. */
export function createClient({ url, token, onUnauthenticated, fetch }: Options): ApolloClient {
  const refused = new ErrorLink(({ error }) => {
    if (hasCode(error, "UNAUTHENTICATED")) {
      onUnauthenticated?.();
    }
  });
  const authorized = new SetContextLink(() => ({ headers: { authorization: `Bearer ${token()}` } }));
  const http = new HttpLink({ uri: url, ...(fetch && { fetch }) });
  return new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    defaultOptions: { watchQuery: { refetchWritePolicy: "merge" } }, // `overwrite` drops what other widgets asked for
    documentTransform: withAccountId,
    link: ApolloLink.from([refused, retries, authorized, failures, http]),
  });
}
