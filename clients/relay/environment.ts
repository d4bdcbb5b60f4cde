import {
  Environment,
  type GraphQLResponse,
  Network,
  RecordSource,
  type RelayFieldLogger,
  type RequestParameters,
  Store,
  type Variables,
} from "relay-runtime";

/** Types that have an id, but other facts under it in other places, so each place keeps its own. */
const EMBEDDED = new Set(["NotFound", "SLA", "Specification"]);

export interface Options {
  readonly url: string;
  /** Returns the token of the caller, for each request. */
  readonly token: () => string;
  readonly fetch?: typeof fetch;
}

/** Make an environment for a Loupe; another caller needs another one. */
export function createEnvironment({ url, token, fetch = globalThis.fetch }: Options): Environment {
  async function ask({ text }: RequestParameters, variables: Variables): Promise<GraphQLResponse> {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        accept: "application/graphql-response+json, application/json;q=0.9",
        authorization: `Bearer ${token()}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ query: text, variables }),
    });
    const answer: unknown = await response.json();
    if (!isAnswer(answer)) {
      throw new Error(`Status ${String(response.status)} without an answer of GraphQL.`);
    }
    return answer;
  }
  return new Environment({
    network: Network.create(ask),
    store: new Store(new RecordSource()),
    relayFieldLogger: logError,
    getDataID: ({ id }: { id?: unknown }, typename): unknown => (EMBEDDED.has(typename) ? undefined : id),
  });
}

/** Write why a field is null, which Relay's own errors leave out. */
const logError: RelayFieldLogger = (event) => {
  if (event.kind === "relay_field_payload.error") {
    console.error(`${event.owner}: ${event.error.message}`);
  }
};

function isAnswer(answer: unknown): answer is GraphQLResponse {
  return typeof answer === "object" && answer !== null && ("data" in answer || "errors" in answer);
}
