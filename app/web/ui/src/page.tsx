import { useCaller } from "./callers";
import { Explorer } from "./explorer";
import type { LinkedOperation } from "./links";
import { TokenBar } from "./token-bar";
import { useToken } from "./tokens";

/** The whole page: the bar with the token, and GraphiQL once the token's role is known. */
export function Page({ link }: { link: LinkedOperation | null }) {
  const [token, keepToken] = useToken();
  const answer = useCaller(token);
  const role = answer?.caller?.role ?? null;
  return (
    <>
      <TokenBar token={token} answer={answer} onToken={keepToken} />
      <main>{answer !== null && <Explorer key={role} token={token} role={role} link={link} />}</main>
    </>
  );
}
