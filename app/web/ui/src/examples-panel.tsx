import { Button, type GraphiQLPlugin, useGraphiQLActions } from "@graphiql/react";
import { useContext } from "react";

import { EXAMPLES } from "./examples";
import { RoleContext, ROLES } from "./roles";
import { isNarrow } from "./screen";
import { useOpenTab } from "./tabs";

const HEADINGS = { CLIENT: "For clients", STAFF: "For staff" };

function ExamplesPanel() {
  const role = useContext(RoleContext);
  const actions = useGraphiQLActions();
  const open = useOpenTab();
  const roles = role === null ? ROLES : [role];
  return (
    <section className="loupe-examples" aria-label="Examples">
      <div className="graphiql-doc-explorer-title">Examples</div>
      {roles.map((each) => (
        <section key={each} aria-label={HEADINGS[each]}>
          <h2>{HEADINGS[each]}</h2>
          <ul>
            {EXAMPLES[each].map((example) => (
              <li key={example.title}>
                <Button
                  type="button"
                  onClick={() => {
                    open(example);
                    if (isNarrow()) actions.setVisiblePlugin(null); // it covers the editors
                  }}
                >
                  {example.title}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 6h1M4 12h1M4 18h1M9 6h11M9 12h11M9 18h11" strokeLinecap="round" />
    </svg>
  );
}

/** A panel that opens the role's examples, each in a tab. */
export const EXAMPLES_PLUGIN: GraphiQLPlugin = { title: "Examples", icon: ExamplesIcon, content: ExamplesPanel };
