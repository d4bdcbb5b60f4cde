/** Shows a dashboard of three widgets, each with its own query. LOUPE_TOKEN is a token. */
import { env } from "node:process";
import { createClient } from "./client.ts";
import { graphql } from "./generated/index.ts";

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
  const { data } = await client.query({ query: figures, errorPolicy: "all" });
  const { productivity, quality, timeSavings } = data?.account?.pulse ?? {};
  show(data?.account?.name ?? "No account", [productivity, quality, timeSavings].map(line));
}

async function showPromises(): Promise<void> {
  const { data } = await client.query({ query: promises, errorPolicy: "all" });
  const { reliability, averageLeadTime } = data?.account?.pulse ?? {};
  const { metCount = 0, missedCount = 0 } = data?.account?.sla?.compliance?.standard ?? {};
  const kept = `Standard deliveries: ${String(metCount)} in time, ${String(missedCount)} late`;
  show("Promises", [line(reliability), line(averageLeadTime), kept]);
}

async function showFeed(): Promise<void> {
  const { data } = await client.query({ query: feed, errorPolicy: "all" });
  const { dailyGuarantee, orderFeed } = data?.account ?? {};
  const lines = orderFeed?.map(({ number, name, status }) => `#${String(number)} ${name}: ${status}`);
  show(`Orders (${String(dailyGuarantee?.remaining ?? 0)} images still guaranteed today)`, lines ?? []);
}

function line(kpi: { readonly label: string; readonly summary: string } | undefined): string {
  return kpi ? `${kpi.label}: ${kpi.summary}` : "not in your plan";
}

function show(title: string, lines: readonly string[]): void {
  console.log([title, ...lines].join("\n  "));
}

await Promise.all([showFigures(), showPromises(), showFeed()]);
