import { type MonacoEditor, useGraphiQL, useMonaco } from "@graphiql/react";
import { useEffect } from "react";

// With a list or a box of the editor open, Escape closes that.
const NOTHING_IS_OPEN = "!suggestWidgetVisible && !parameterHintsVisible && !findWidgetVisible && !renameInputVisible";

/**
 * Name the editors for screen readers, show more in them, and let Escape leave one for the page, where Tab moves on:
 * within an editor it indents.
 */
export function useAccessibleEditors(): void {
  const escape = useMonaco(({ monaco }) => monaco?.KeyCode.Escape);
  const editors = useGraphiQL(({ queryEditor, variableEditor, headerEditor, responseEditor }) => ({
    Operation: queryEditor,
    Variables: variableEditor,
    Headers: headerEditor,
    Response: responseEditor,
  }));
  useEffect(() => {
    if (escape === undefined) return;
    const actions = Object.entries(editors).map(([label, editor]) => editor && makeAccessible(editor, label, escape));
    return () => {
      for (const action of actions) action?.dispose();
    };
  }, [escape, editors]);
}

function makeAccessible(editor: MonacoEditor, ariaLabel: string, escape: number) {
  const container = editor.getContainerDomNode();
  container.role = "group";
  container.ariaLabel = `${ariaLabel}: Enter to edit, Escape to leave`;
  editor.updateOptions({
    ariaLabel,
    fontSize: 13,
    unusualLineTerminators: "off", // a link may have some, and each would open a dialog
    wordWrap: "on",
    wrappingIndent: "indent",
  });
  return editor.addAction({
    id: "loupe-leave",
    label: "Leave the editor",
    keybindings: [escape],
    precondition: NOTHING_IS_OPEN,
    run: () => {
      container.focus();
    },
  });
}
