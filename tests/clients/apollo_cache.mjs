// Asks an API as the widgets of a dashboard do, and prints the operations that are requested as JSON.
// Arguments: its URL and a token.
import { gql } from "@apollo/client";
import { createClient } from "../../clients/apollo/client.ts";

const [url, token] = process.argv.slice(2);
const ENOUGH = 12;

const widgets = [
  gql`
    query Amount {
      account {
        id
        pulse { productivity { summary trend { direction } } }
        order(number: 1) { id deadline { at explanation { code text } } }
      }
    }
  `,
  gql`
    query Promises {
      account {
        pulse { reliability { summary } kpis { label } }
        sla { id compliance { review { metCount } } }
        order(number: 1) { id deadline { at late } actions { kind allowed } }
      }
    }
  `,
  gql`
    query Changes {
      account {
        id
        pulse { productivity { trend { sentiment } } kpis { summary } }
        sla { id version }
        order(number: 1) { id deadline { at explanation { code } } actions { kind refusal { code } } }
      }
    }
  `,
];

const requests = [];
/** Notes each request, and answers no more of them than are enough to see that they do not end. */
function note(address, options) {
  requests.push(JSON.parse(options.body).operationName);
  return requests.length > ENOUGH ? new Promise(() => undefined) : fetch(address, options);
}

/** Wait until all widgets have their data and ask for nothing more, or until they have asked enough. */
async function settled(shown) {
  const isLoading = () => shown.some((widget) => widget.getCurrentResult().loading);
  for (let asked = -1; requests.length <= ENOUGH && (requests.length > asked || isLoading()); ) {
    asked = requests.length;
    await new Promise((resume) => setTimeout(resume, 30));
  }
  return requests.splice(0);
}

const client = createClient({ url, token: () => token, fetch: note });
const shown = widgets.map((query) => client.watchQuery({ query }));
shown.forEach((widget) => widget.subscribe(() => undefined));
const first = await settled(shown);
for (const widget of shown) {
  await widget.refetch();
}
console.log(JSON.stringify({ shown: first, refreshed: await settled(shown) }));
process.exit();
