/* Light, dark, or as the system is: what a person chose in this browser. */

import { signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEPT = "barwatch.theme";
/** When the sheet with the light colours counts. */
const COUNTS: Record<Theme, string> = {
  system: "(prefers-color-scheme: light)",
  light: "all",
  dark: "not all",
};

const isTheme = (given: string | null): given is Theme => THEMES.some((each) => each === given);

export const theme = signal<Theme>(kept());

function kept(): Theme {
  try {
    const found = localStorage.getItem(KEPT);
    return isTheme(found) ? found : "system";
  } catch {
    return "system"; // the browser keeps nothing for this page
  }
}

/** Colour the page from now on; kept for the next time. */
export function setTheme(given: string): void {
  if (!isTheme(given)) return;
  theme.value = given;
  colour();
  try {
    localStorage.setItem(KEPT, given);
  } catch {
    return; // it holds until the page is closed
  }
}

/** Colour the page as chosen. */
export function colour(): void {
  const light = document.getElementById("light");
  if (light instanceof HTMLLinkElement) light.media = COUNTS[theme.value];
}
