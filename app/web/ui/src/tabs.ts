import { type TabsState, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import type { Storage } from "@graphiql/toolkit";
import { useEffect } from "react";

import { exampleOf, EXAMPLES, FIRST_EXAMPLES, titleOf } from "./examples";
import type { LinkedOperation } from "./links";
import type { Role } from "./roles";
import { attempt } from "./storage";
import { fillVariables } from "./variables";

const WELCOME = `# Welcome
# With a token at the top the API answers, names are completed as you type, and the examples are those of your role.
{
  viewer { kind }
}
`;

/** What a tab has in its editors; variables are JSON, or empty. */
interface Content {
  query: string;
  variables: string;
}

interface Tabs {
  defaultTabs?: Content[];
  initialQuery?: string;
  initialVariables?: string;
}

/**
 * Return the tabs to begin with: that of a link, and at the first visit examples of the role, too. Later visits have
 * the tabs of the last one, from the storage.
 */
export function firstTabs(role: Role | null, link: LinkedOperation | null, storage: Storage): Tabs {
  const examples = role === null ? [{ query: WELCOME, variables: "" }] : EXAMPLES[role].slice(0, FIRST_EXAMPLES);
  const defaultTabs = link === null ? examples : [link, ...examples];
  // Without variables of its own a link would get those of the last visit.
  if (link !== null) return { defaultTabs, initialQuery: link.query, initialVariables: link.variables };
  const isFirstVisit = storage.getItem("graphiql:tabState") === null;
  return isFirstVisit ? { defaultTabs, initialVariables: examples[0]?.variables ?? "" } : {};
}

/** Give tabs the titles of their documents, where GraphiQL takes the name of the first operation. */
export function nameTabs({ tabs }: TabsState): void {
  for (const tab of tabs) tab.title = titleOf(tab.query) ?? tab.title;
}

/** Have the first tabs named, too: GraphiQL reports changes only. */
export function useTabTitles(): void {
  const actions = useGraphiQLActions();
  const tabs = useGraphiQL((state) => state.tabs);
  useEffect(() => {
    actions.moveTab([...tabs]);
  }, []);
}

/** Scroll to the active tab, which may be one of many. */
export function useActiveTabInView(): void {
  const { activeTabIndex, tabs } = useGraphiQL(({ activeTabIndex, tabs }) => ({ activeTabIndex, tabs }));
  useEffect(() => {
    document.querySelector(".graphiql-tab-active")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [activeTabIndex, tabs.length]);
}

/** Return the function that opens a document in a tab of its own, or in the tab in which it is already open. */
export function useOpenTab(): (content: Content) => void {
  const actions = useGraphiQLActions();
  const { tabs, queryEditor, variableEditor } = useGraphiQL(({ tabs, queryEditor, variableEditor }) => ({
    tabs,
    queryEditor,
    variableEditor,
  }));
  return ({ query, variables }) => {
    const index = tabs.findIndex((tab) => tab.query === query);
    if (index >= 0) {
      actions.changeTab(index);
      return;
    }
    actions.addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    actions.updateActiveTabValues({ query, variables });
  };
}

/** Choose the operation that a link names, once its document is read. */
export function useLinkedOperation(operationName: string | null): void {
  const actions = useGraphiQLActions();
  const isThere = useGraphiQL(({ operations }) => operations?.some(({ name }) => name?.value === operationName) ?? false);
  useEffect(() => {
    if (isThere && operationName !== null) actions.setOperationName(operationName);
  }, [isThere, operationName, actions]);
}

/** After each answer, fill in the variables of the tab's example that it has; the storage keeps what was filled in. */
export function useFilledVariables(storage: Storage): void {
  const actions = useGraphiQLActions();
  const { isFetching, queryEditor, variableEditor, responseEditor } = useGraphiQL(
    ({ isFetching, queryEditor, variableEditor, responseEditor }) => ({
      isFetching,
      queryEditor,
      variableEditor,
      responseEditor,
    }),
  );
  useEffect(() => {
    const example = exampleOf(queryEditor?.getValue() ?? "");
    if (isFetching || !example || !variableEditor || !responseEditor) return;
    const key = `filled:${example.title}`;
    const { variables, filled } = fillVariables({
      variables: variableEditor.getValue(),
      example: example.variables,
      answer: responseEditor.getValue(),
      filled: storage.getItem(key) ?? "",
    });
    attempt(() => {
      storage.setItem(key, filled);
    });
    if (variables === variableEditor.getValue()) return;
    variableEditor.setValue(variables);
    actions.updateActiveTabValues({ variables });
  }, [isFetching]);
}
