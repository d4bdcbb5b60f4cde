// Pages through lists by Apollo, and prints as JSON what widgets show.
// Arguments: the URL of an API, a token, an instant of the past.
import { gql } from "@apollo/client";
import { createClient } from "../../clients/apollo/client.ts";

const [url, token, past] = process.argv.slice(2);
const client = createClient({ url, token: () => token });

const byNodes = gql`
  query ByNodes($after: String) {
    account { id orders(first: 3, after: $after) { nodes { id number } pageInfo { endCursor hasNextPage } } }
  }
`;
const byEdges = gql`
  query ByEdges($after: String) {
    account { id orders(first: 3, after: $after) { edges { node { id status } } pageInfo { endCursor } } }
  }
`;
const others = gql`
  query Others {
    account { id orders(first: 3, filter: { late: true }) { nodes { id } } }
  }
`;
const backwards = gql`
  query Backwards($before: String) {
    account { id events(last: 2, before: $before) { nodes { id } pageInfo { startCursor hasPreviousPage } } }
  }
`;
const allEvents = gql`
  query AllEvents {
    account { id events(first: 100) { nodes { id } } }
  }
`;
const compliance = gql`
  query Compliance($asOf: DateTime) {
    account { id sla(asOf: $asOf) { id compliance { standard { metCount } } } }
  }
`;

/** Show a widget; return what reads its list from the cache. */
async function shown(query) {
  await client.query({ query });
  const fields = () => Object.values(client.readQuery({ query }).account);
  return { query, list: () => fields().find((field) => field.__typename?.endsWith("Connection")) };
}

async function readAll({ query, list }, more, next) {
  const widget = client.watchQuery({ query });
  while (list().pageInfo[more]) {
    await widget.fetchMore({ variables: next(list().pageInfo) });
  }
}

const nodes = await shown(byNodes);
const edges = await shown(byEdges);
const filtered = await shown(others);
await readAll(nodes, "hasNextPage", ({ endCursor }) => ({ after: endCursor }));
const events = await shown(backwards);
await readAll(events, "hasPreviousPage", ({ startCursor }) => ({ before: startCursor }));
await client.query({ query: compliance });
await client.query({ query: compliance, variables: { asOf: past } });

const ids = ({ nodes }) => nodes.map(({ id }) => id).join();
const kept = (variables) => client.readQuery({ query: compliance, variables }).account.sla.compliance.standard.metCount;
console.log(
  JSON.stringify({
    nodes: nodes.list().nodes.map(({ number }) => number),
    edges: edges.list().edges.map(({ node }) => node.status),
    filtered: filtered.list().nodes.length,
    eventsAreAll: ids(events.list()) === ids((await shown(allEvents)).list()),
    kept: [kept({}), kept({ asOf: past })],
  }),
);
process.exit();
