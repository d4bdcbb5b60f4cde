import { ToolbarButton, useGraphiQL } from "@graphiql/react";
import { useState } from "react";

import { linkTo } from "./links";

const LABELS = {
  copy: "Copy a link to this operation",
  copied: "The link is copied",
  shown: "The link is in the address bar",
};

/** A button of the toolbar that copies a link to the operation of the current tab. */
export function CopyLink() {
  const [label, setLabel] = useState<keyof typeof LABELS>("copy");
  const { queryEditor, variableEditor, operations, operationName } = useGraphiQL(
    ({ queryEditor, variableEditor, operations, operationName }) => ({
      queryEditor,
      variableEditor,
      operations,
      operationName,
    }),
  );

  const copy = async () => {
    const chosen = (operations?.length ?? 0) > 1 ? (operationName ?? null) : null;
    const link = linkTo({
      query: queryEditor?.getValue() ?? "",
      variables: variableEditor?.getValue() ?? "",
      operationName: chosen,
    });
    setLabel(await toClipboard(link));
    window.setTimeout(setLabel, 3000, "copy");
  };

  return (
    <>
      <ToolbarButton label={LABELS[label]} onClick={() => void copy()}>
        <LinkIcon />
      </ToolbarButton>
      <span className="loupe-spoken" role="status">
        {label === "copy" ? "" : LABELS[label]}
      </span>
    </>
  );
}

/** Copy a link; browsers that give a page without TLS no clipboard get it into their address bar. */
async function toClipboard(link: string): Promise<"copied" | "shown"> {
  try {
    await navigator.clipboard.writeText(link);
    return "copied";
  } catch {
    window.history.replaceState(null, "", link);
    return "shown";
  }
}

function LinkIcon() {
  return (
    <svg className="graphiql-toolbar-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden="true">
      <path
        d="M10 14a4.5 4.5 0 0 0 6.4 0l3.2-3.2a4.5 4.5 0 0 0-6.4-6.4L12 5.6M14 10a4.5 4.5 0 0 0-6.4 0l-3.2 3.2a4.5 4.5 0 0 0 6.4 6.4l1.2-1.2"
        strokeWidth="1.8"
        strokeLinecap="round"
      />
    </svg>
  );
}
