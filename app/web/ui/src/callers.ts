import { useEffect, useState } from "react";

import { askForCaller, type Caller } from "./api";
import type { Given } from "./tokens";

/** What the API says of a token: whose it is, or why it is refused; null as long as it has not answered. */
export type Answer = { caller: Caller | null; refusal: string | null } | null;

const NOBODY: Answer = { caller: null, refusal: null };

/** Ask the API whose a token is, each time that it is given. */
export function useCaller(given: Given): Answer {
  const [answered, setAnswered] = useState<{ given: Given | null; answer: Answer }>({ given: null, answer: null });
  useEffect(() => {
    if (given.token === "") return;
    let isCurrent = true;
    const show = (answer: Answer) => {
      if (isCurrent) setAnswered({ given, answer });
    };
    askForCaller(given.token).then(
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
  }, [given]);
  if (given.token === "") return NOBODY;
  return answered.given === given ? answered.answer : null;
}
