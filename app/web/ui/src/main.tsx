import "graphiql/setup-workers/vite";
import "@fontsource/fira-code/latin-400.css";
import "@fontsource/roboto/latin-400.css";
import "@fontsource/roboto/latin-500.css";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "@graphiql/plugin-explorer/style.css";
import "graphiql/graphiql.css"; // the package's style.css has the fonts within itself, which the page's policy forbids
import "./page.css";

import { createRoot } from "react-dom/client";

import { linkOf } from "./links";
import { Page } from "./page";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element for GraphiQL.");

createRoot(root).render(<Page link={linkOf(window.location)} />);
