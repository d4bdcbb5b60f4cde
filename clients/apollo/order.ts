/** Places an order and waits until it can be downloaded. LOUPE_TOKEN is a token; argument: seconds to wait. */
import { randomUUID } from "node:crypto";
import { argv, env } from "node:process";
import { setTimeout } from "node:timers/promises";
import { createClient } from "./client.ts";
import { accepted, Refused } from "./errors.ts";
import { graphql } from "./generated/index.ts";

const { LOUPE_URL: url = "http://127.0.0.1:8000/graphql", LOUPE_TOKEN: token = "" } = env;
const { 2: seconds = "10" } = argv;
const client = createClient({ url, token: () => token });

const offered = graphql(`
  query Offered {
    account { id specifications(first: 1) { nodes { id } } }
  }
`);
const place = graphql(`
  mutation Place($input: PlaceOrderInput!) {
    placeOrder(input: $input) { orders { id } userErrors { code message path } }
  }
`);
const progress = graphql(`
  query Progress($ids: [ID!]!) {
    nodes(ids: $ids) { __typename id ... on Order { number status deliveredCount imageCount deadline { at status } } }
  }
`);

/** Place an order of three images; return the ids of the orders that it was split into, one for each service level. */
async function placeOrder(specificationId: string): Promise<string[]> {
  const images = ["front.jpg", "back.jpg", "detail.jpg"].map((filename) => ({ filename }));
  const input = { name: "A first order", specificationId, images, idempotencyKey: randomUUID() };
  const { data } = await client.mutate({ mutation: place, variables: { input } });
  return data ? (accepted(data.placeOrder).orders ?? []).map(({ id }) => id) : [];
}

/** Print the orders as they are now; return whether all of them can be downloaded. */
async function areReady(ids: string[]): Promise<boolean> {
  const { data } = await client.query({ query: progress, variables: { ids }, fetchPolicy: "network-only" });
  const orders = (data?.nodes ?? []).filter((node) => node?.__typename === "Order");
  for (const { number, status, deliveredCount, imageCount, deadline } of orders) {
    const due = deadline.at ?? "not confirmed yet";
    console.log(`#${String(number)} ${status}: ${String(deliveredCount)} of ${String(imageCount)} images, due ${due}`);
  }
  return orders.every(({ status }) => status !== "IN_PRODUCTION");
}

try {
  const { data } = await client.query({ query: offered });
  const ids = await placeOrder(data?.account?.specifications?.nodes[0]?.id ?? "");
  while (!(await areReady(ids))) {
    await setTimeout(Number(seconds) * 1000);
  }
} catch (error) {
  console.error(error instanceof Refused ? error.userErrors : String(error));
  process.exitCode = 1;
}
