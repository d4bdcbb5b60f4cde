import { useEffect, useState } from "react";

import { askForCaller, type Caller } from "./api";

/** What the API says of a token: whose it is, or why it is refused; null as long as it has not answered. */
export type Answer = { caller: Caller | null; refusal: string | null } | null;

const NOBODY: Answer = { caller: null, refusal: null };

/** Ask the API whose a token is. */
export function useCaller(token: string): Answer {
  const [answered, setAnswered] = useState<{ token: string; answer: Answer }>({ token: "", answer: NOBODY });
  useEffect(() => {
    if (token === "") return;
    let isCurrent = true;
    const show = (answer: Answer) => {
      if (isCurrent) setAnswered({ token, answer });
    };
    askForCaller(token).then(
      (caller) => {
        show({ caller, refusal: null });
      },
      (error: unknown) => {
        show({ caller: null, refusal: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [token]);
  if (token === "") return NOBODY;
  return answered.token === token ? answered.answer : null;
}
