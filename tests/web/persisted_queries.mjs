// Asks an API twice by each client that sends the hashes of queries first, and prints the data and the requests as JSON.
// Arguments: its URL and a token.
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";

const [url, token] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const query = gql`
  query Kind {
    viewer {
      kind
    }
  }
`;

/** A fetch that notes the method and the status of each request. */
function noting(requests) {
  return async (address, options) => {
    const response = await fetch(address, options);
    requests.push(`${options.method ?? "GET"} ${response.status}`);
    return response;
  };
}

async function twice(ask) {
  const requests = [];
  const asked = ask(noting(requests));
  return { data: [await asked(), await asked()], requests };
}

function byApollo(options, headers) {
  return (fetch) => {
    const sha256 = (text) => createHash("sha256").update(text).digest("hex");
    const http = new HttpLink({ uri: url, fetch, headers: { authorization, ...headers } });
    const client = new ApolloClient({
      cache: new InMemoryCache({ addTypename: false }),
      link: ApolloLink.from([new PersistedQueryLink({ sha256, ...options }), http]),
    });
    return async () => (await client.query({ query, fetchPolicy: "no-cache" })).data.viewer.kind;
  };
}

function byUrql(options) {
  return (fetch) => {
    const client = new Client({
      url,
      fetch,
      fetchOptions: { headers: { authorization } },
      exchanges: [persistedExchange(options), fetchExchange],
    });
    return async () => (await client.query(query, {}).toPromise()).data?.viewer.kind;
  };
}

console.log(
  JSON.stringify({
    "Apollo by POST": await twice(byApollo({})),
    "Apollo by GET": await twice(byApollo({ useGETForHashedQueries: true })),
    "Apollo, JSON only": await twice(byApollo({ useGETForHashedQueries: true }, { accept: "application/json" })),
    "urql by POST": await twice(byUrql({ preferGetForPersistedQueries: false })),
    "urql by GET": await twice(byUrql({})),
  }),
);
