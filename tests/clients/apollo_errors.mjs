// Sends operations to answers that fail at first, and prints as JSON how often each was sent and how it ended.
import { gql } from "@apollo/client";
import { createClient } from "../../clients/apollo/client.ts";
import { accepted } from "../../clients/apollo/errors.ts";

const read = gql`
  query Read { viewer { kind } }
`;
const place = gql`
  mutation Place($input: PlaceOrderInput!) {
    placeOrder(input: $input) { orders { id } userErrors { code message path } }
  }
`;
const userErrors = [{ __typename: "Archived", code: "ARCHIVED", message: "It is archived.", path: [] }];
const DATA = {
  viewer: { __typename: "Viewer", kind: "CLIENT" },
  placeOrder: { __typename: "PlaceOrderPayload", orders: null, userErrors },
};

/** Send an operation to an API whose first answer is an error without data. */
async function sent(code, send) {
  let count = 0;
  let unauthenticated = 0;
  const fetch = async () => {
    count += 1;
    const error = { errors: [{ message: "Not now.", extensions: { code, retryAfter: 0 } }] };
    const headers = { "content-type": "application/graphql-response+json" };
    return new Response(JSON.stringify(count > 1 ? { data: DATA } : error), { status: count > 1 ? 200 : 503, headers });
  };
  const onUnauthenticated = () => (unauthenticated += 1);
  const client = createClient({ url: "http://loupe", token: () => "", onUnauthenticated, fetch });
  const ended = await send(client).then(
    ({ data }) => Object.keys(data).join(),
    (error) => error.message,
  );
  return [count, unauthenticated, ended];
}

const placing = (input) => (client) => client.mutate({ mutation: place, variables: { input } });
const placed = (client) =>
  placing({ idempotencyKey: "1" })(client).then(({ data }) => ({ data: accepted(data.placeOrder) }));
const [query, once, safely, refused] = await Promise.all([
  sent("UNAVAILABLE", (client) => client.query({ query: read })),
  sent("UNAVAILABLE", placing({})),
  sent("UNAVAILABLE", placed),
  sent("UNAUTHENTICATED", (client) => client.query({ query: read })),
]);
console.log(JSON.stringify({ query, once, safely, refused }));
