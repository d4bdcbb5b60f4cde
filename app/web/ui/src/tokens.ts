import { useEffect, useState } from "react";

import { attempt } from "./storage";

const KEY = "loupe-token";

/** A token as it was given once; given again it is another object. Its text is empty for none. */
export interface Given {
  readonly token: string;
}

/**
 * The token and its setter. It lasts as long as the browser's tab; one in the address, behind the # that browsers
 * send to no server, is moved from there at once.
 */
export function useToken(): [Given, (token: string) => void] {
  const [given, setGiven] = useState<Given>(() => ({ token: moveTokenOutOfAddress() ?? kept() ?? "" }));
  useEffect(() => {
    const onHashChange = () => {
      const token = moveTokenOutOfAddress();
      if (token !== null) setGiven({ token });
    };
    window.addEventListener("hashchange", onHashChange);
    return () => {
      window.removeEventListener("hashchange", onHashChange);
    };
  }, []);
  const give = (token: string) => {
    keep(token);
    setGiven({ token });
  };
  return [given, give];
}

function moveTokenOutOfAddress(): string | null {
  const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
  if (token === null) return null;
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  keep(token);
  return token;
}

function kept(): string | null {
  return attempt(() => sessionStorage.getItem(KEY));
}

function keep(token: string): void {
  attempt(() => {
    sessionStorage.setItem(KEY, token);
  });
}
