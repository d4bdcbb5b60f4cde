import { type SubmitEvent, useEffect, useState } from "react";

import type { Answer } from "./callers";

interface Props {
  token: string;
  answer: Answer;
  onToken: (token: string) => void;
}

/** The bar at the top, which takes the token and says whose it is. */
export function TokenBar({ token, answer, onToken }: Props) {
  const [typed, setTyped] = useState(token);
  const isRefused = typeof answer?.refusal === "string";
  useEffect(() => {
    setTyped(token);
  }, [token]);
  const isNew = typed.trim() !== token;
  const giveIf = (wanted: boolean) => {
    if (wanted) onToken(typed.trim());
  };
  return (
    <header className="loupe-bar">
      <h1>Loupe</h1>
      <form
        onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
          event.preventDefault();
          giveIf(isNew || isRefused); // a refused one, too: the API may have been away
        }}
      >
        <label htmlFor="token">Token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
          onBlur={() => {
            giveIf(isNew);
          }}
          aria-describedby="caller"
        />
        <button type="submit">Use</button>
      </form>
      <p id="caller" role="status">
        <Whose answer={answer} />
      </p>
    </header>
  );
}

function Whose({ answer }: { answer: Answer }) {
  if (answer === null) return "Asking whose it is …";
  const { caller, refusal } = answer;
  if (caller !== null) return caller.account === null ? "Staff" : `Client: ${caller.account}`;
  return (
    <>
      {refusal !== null && <strong>{refusal}</strong>} A token is the secret of a key.{" "}
      <code>loupe key create --account ID_OR_REF</code> or <code>--staff</code> makes one; the demo prints some.
    </>
  );
}
