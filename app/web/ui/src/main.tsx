import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element for GraphiQL.");

createRoot(root).render(
  <GraphiQL
    fetcher={createGraphiQLFetcher({ url: window.location.pathname })}
    plugins={[HISTORY_PLUGIN, explorerPlugin()]}
  />,
);
