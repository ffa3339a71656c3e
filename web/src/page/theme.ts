/** Light or dark: as the system has it, or as a visitor chose, kept for this site. */

export type Theme = "system" | "light" | "dark";

const KEY = "theme";

/** What was chosen on this site. */
export function keptTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    // A browser may keep nothing for this page.
    return "system";
  }
}

/** Shows the page so, now and at the next visit. */
export function chooseTheme(theme: Theme): void {
  show(theme);
  try {
    if (theme === "system") {
      localStorage.removeItem(KEY);
    } else {
      localStorage.setItem(KEY, theme);
    }
  } catch {
    // As above: it holds until the page is left.
  }
}

function show(theme: Theme): void {
  const { documentElement: page } = document;
  if (theme === "system") {
    delete page.dataset["theme"];
  } else {
    page.dataset["theme"] = theme;
  }
  // The browser's own frame: of the two colours in the page, the one that is shown.
  for (const colour of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = colour.dataset["scheme"] ?? (/dark/.test(colour.media) ? "dark" : "light");
    colour.dataset["scheme"] = own;
    colour.media = theme === "system" ? `(prefers-color-scheme: ${own})` : theme === own ? "all" : "not all";
  }
}

show(keptTheme());
