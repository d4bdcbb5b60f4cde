import { useCaller } from "./callers";
import { Explorer } from "./explorer";
import type { LinkedOperation } from "./links";
import { TokenBar } from "./token-bar";
import { useToken } from "./tokens";

/** The whole page: the bar with the token, and GraphiQL once the token's role is known. */
export function Page({ link }: { link: LinkedOperation | null }) {
  const [given, give] = useToken();
  const answer = useCaller(given);
  const role = answer?.caller?.role ?? null;
  return (
    <>
      <TokenBar token={given.token} answer={answer} onToken={give} />
      <main>{answer !== null && <Explorer key={role} token={given.token} role={role} link={link} />}</main>
    </>
  );
}
