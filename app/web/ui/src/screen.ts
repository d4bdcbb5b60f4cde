/** Whether the screen is as narrow as a phone's; page.css has the same width. */
export function isNarrow(): boolean {
  return window.matchMedia("(max-width: 40rem)").matches;
}
