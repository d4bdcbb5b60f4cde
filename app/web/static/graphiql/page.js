"use strict";

// The token comes with the address, behind the # that browsers keep to themselves, or is typed; it lasts as long as the tab.
const KEY = "loupe-token";
const FIRST_QUERY = `{
  viewer {
    account {
      name
      pulse {
        productivity { summary }
        quality { summary }
        timeSavings { summary }
        productivityStreak { summary }
        reliability { summary }
        averageLeadTime { summary }
      }
    }
  }
}
`;

const box = document.getElementById("token");
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname + location.search);
}
box.value = sessionStorage.getItem(KEY) ?? "";
box.addEventListener("change", () => {
  sessionStorage.setItem(KEY, box.value.trim());
  show();
});

const root = ReactDOM.createRoot(document.getElementById("graphiql"));

function show() {
  const token = sessionStorage.getItem(KEY);
  const fetcher = GraphiQL.createFetcher({
    url: location.pathname,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
  });
  // The key makes GraphiQL ask for the schema anew, which needs the token.
  root.render(React.createElement(GraphiQL, { key: token, fetcher, defaultQuery: FIRST_QUERY }));
}

show();
