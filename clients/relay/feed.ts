/** Pages through all orders, newest first. LOUPE_TOKEN is a token; argument: orders on a page. */
import { argv, env } from "node:process";
import { fetchQuery, graphql } from "relay-runtime";
import { waitForFragmentData } from "relay-runtime/experimental.js";
import type { feed_account$key } from "./__generated__/feed_account.graphql.ts";
import pageQuery, { type feedPageQuery } from "./__generated__/feedPageQuery.graphql.ts";
import type { feedQuery } from "./__generated__/feedQuery.graphql.ts";
import { createEnvironment } from "./environment.ts";

const { LOUPE_URL: url = "http://127.0.0.1:8000/graphql", LOUPE_TOKEN: token = "" } = env;
const { 2: size = "20" } = argv;
const environment = createEnvironment({ url, token: () => token });
const count = Number(size);

const query = graphql`
  query feedQuery($count: Int!) @throwOnFieldError {
    account { id name ...feed_account @arguments(count: $count) }
  }
`;
const fragment = graphql`
  fragment feed_account on Account
  @throwOnFieldError
  @refetchable(queryName: "feedPageQuery")
  @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" }) {
    orders(first: $count, after: $cursor) @connection(key: "feed_orders") {
      edges { node { number name status deadline { at late } } }
      pageInfo { endCursor hasNextPage }
    }
  }
`;

/** Return the orders that have been read so far. */
async function ordersOf(account: feed_account$key) {
  return (await waitForFragmentData(environment, fragment, account)).orders;
}

/** Return the account's orders, all pages of them. */
async function allOrdersOf(account: feed_account$key & { readonly id: string }) {
  let orders = await ordersOf(account);
  while (orders?.pageInfo.hasNextPage) {
    const next = { id: account.id, count, cursor: orders.pageInfo.endCursor };
    await fetchQuery<feedPageQuery>(environment, pageQuery, next).toPromise();
    orders = await ordersOf(account);
  }
  return orders?.edges.map(({ node }) => node) ?? [];
}

try {
  const { account } = (await fetchQuery<feedQuery>(environment, query, { count }).toPromise()) ?? {};
  if (!account) {
    throw new Error("Staff have no account of their own: use a client's token.");
  }
  const all = await allOrdersOf(account);
  for (const { number, name, status, deadline } of all) {
    const due = deadline.at ?? "not confirmed yet";
    console.log(`#${String(number)} ${name}: ${status}, due ${due}${deadline.late ? ", late" : ""}`);
  }
  console.log(`${String(all.length)} orders of ${account.name}, ${size} a page`);
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
