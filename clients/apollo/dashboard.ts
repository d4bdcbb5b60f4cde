/** Shows a dashboard of three widgets, each with its own query. LOUPE_TOKEN is a token. */
import { env } from "node:process";
import type { TypedDocumentNode } from "@apollo/client";
import { createClient } from "./client.ts";
import { graphql } from "./generated/index.ts";

const NOT_IN_PLAN = "not in your plan";
const { LOUPE_URL: url = "http://127.0.0.1:8000/graphql", LOUPE_TOKEN: token = "" } = env;
const client = createClient({ url, token: () => token });

const figures = graphql(`
  query Figures {
    account { id name pulse { productivity { label summary } quality { label summary } timeSavings { label summary } } }
  }
`);
const promises = graphql(`
  query Promises {
    account {
      id
      pulse { reliability { label summary } averageLeadTime { label summary } }
      sla { id compliance { standard { metCount missedCount } } }
    }
  }
`);
const feed = graphql(`
  query Feed {
    account { id dailyGuarantee { date remaining } orderFeed { id number name status } }
  }
`);

async function showFigures(): Promise<void> {
  const { name, pulse } = await accountIn(figures);
  show(name, [pulse?.productivity, pulse?.quality, pulse?.timeSavings].map(line));
}

async function showPromises(): Promise<void> {
  const { pulse, sla } = await accountIn(promises);
  const { metCount, missedCount } = sla?.compliance?.standard ?? {};
  const kept = `Standard deliveries: ${String(metCount)} on time, ${String(missedCount)} late`;
  show("Promises", [line(pulse?.reliability), line(pulse?.averageLeadTime), sla?.compliance ? kept : NOT_IN_PLAN]);
}

async function showFeed(): Promise<void> {
  const { dailyGuarantee, orderFeed } = await accountIn(feed);
  const lines = orderFeed?.map(({ number, name, status }) => `#${String(number)} ${name}: ${status}`);
  show(`Orders (${String(dailyGuarantee?.remaining ?? 0)} images still guaranteed today)`, lines ?? [NOT_IN_PLAN]);
}

/** Return the account, of which fields may be null; throws the error of an answer without one. */
async function accountIn<T>(query: TypedDocumentNode<{ account: T | null }, { [name: string]: never }>): Promise<T> {
  const { data, error } = await client.query({ query, errorPolicy: "all" });
  if (!data?.account) {
    throw new Error(error?.message ?? "Staff have no account of their own: use a client's token.");
  }
  return data.account;
}

function line(kpi: { readonly label: string; readonly summary: string } | undefined): string {
  return kpi ? `${kpi.label}: ${kpi.summary}` : NOT_IN_PLAN;
}

function show(title: string, lines: readonly string[]): void {
  console.log([title, ...lines].join("\n  "));
}

await Promise.all([showFigures(), showPromises(), showFeed()]);
