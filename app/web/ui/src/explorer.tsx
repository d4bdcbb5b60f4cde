import { explorerPlugin } from "@graphiql/plugin-explorer";
import type { Storage } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useMemo, useState } from "react";

import { fetcherFor } from "./api";
import { CopyLink } from "./copy-link";
import { useAccessibleEditors } from "./editors";
import { EXAMPLES_PLUGIN } from "./examples-panel";
import type { LinkedOperation } from "./links";
import { type Role, RoleContext } from "./roles";
import { isNarrow } from "./screen";
import { storageOf } from "./storage";
import { firstTabs, nameTabs, useActiveTabInView, useFilledVariables, useLinkedOperation, useTabTitles } from "./tabs";

const PLUGINS = [EXAMPLES_PLUGIN, explorerPlugin(), HISTORY_PLUGIN];

interface Props {
  token: string;
  /** The caller's role, null without a valid token. For another one the component needs another key. */
  role: Role | null;
  link: LinkedOperation | null;
}

/** GraphiQL; each role has tabs of its own. */
export function Explorer({ token, role, link }: Props) {
  const fetcher = useMemo(() => fetcherFor(token), [token]);
  const [storage] = useState(() => storageOf(role));
  const [tabs] = useState(() => firstTabs(role, link, storage));
  const [narrow] = useState(isNarrow);
  return (
    <RoleContext value={role}>
      <GraphiQL
        fetcher={fetcher}
        storage={storage}
        plugins={PLUGINS}
        visiblePlugin={narrow ? undefined : EXAMPLES_PLUGIN}
        defaultEditorToolsVisibility={!narrow}
        shouldPersistHeaders={false}
        inputValueDeprecation
        schemaDescription
        onTabChange={nameTabs}
        {...tabs}
      >
        <GraphiQL.Logo>
          <></>
        </GraphiQL.Logo>
        <GraphiQL.Toolbar>
          {({ prettify, merge, copy }) => (
            <>
              {prettify}
              {merge}
              {copy}
              <CopyLink />
            </>
          )}
        </GraphiQL.Toolbar>
        <Additions operationName={link?.operationName ?? null} storage={storage} />
      </GraphiQL>
    </RoleContext>
  );
}

function Additions({ operationName, storage }: { operationName: string | null; storage: Storage }) {
  useTabTitles();
  useActiveTabInView();
  useLinkedOperation(operationName);
  useFilledVariables(storage);
  useAccessibleEditors();
  return null;
}
