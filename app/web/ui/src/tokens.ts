import { useEffect, useState } from "react";

const KEY = "loupe-token";

/**
 * The token and its setter. It lasts as long as the browser's tab; one in the address, behind the # that browsers
 * send to no server, is moved from there at once.
 */
export function useToken(): [string, (token: string) => void] {
  const [token, setToken] = useState(() => moveTokenOutOfAddress() ?? sessionStorage.getItem(KEY) ?? "");
  useEffect(() => {
    const onHashChange = () => {
      const given = moveTokenOutOfAddress();
      if (given !== null) setToken(given);
    };
    window.addEventListener("hashchange", onHashChange);
    return () => {
      window.removeEventListener("hashchange", onHashChange);
    };
  }, []);
  const keepToken = (given: string) => {
    sessionStorage.setItem(KEY, given);
    setToken(given);
  };
  return [token, keepToken];
}

function moveTokenOutOfAddress(): string | null {
  const given = new URLSearchParams(window.location.hash.slice(1)).get("token");
  if (given === null) return null;
  sessionStorage.setItem(KEY, given);
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return given;
}
