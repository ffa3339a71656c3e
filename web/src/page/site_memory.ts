/** Small things that a browser keeps for this site, or for this tab; where it keeps nothing, nothing breaks. */

const TAB = "conversation";
const BUDGET = "thinking budget";
const PANEL = "conversations beside";

/** The conversation that this tab showed last. */
export function tabsConversation(): string | undefined {
  return read(() => sessionStorage, TAB);
}

/** Keeps which conversation this tab shows. */
export function keepTabsConversation(id: string | undefined): void {
  write(() => sessionStorage, TAB, id);
}

/** Most tokens of thinking, where the visitor has set a budget. */
export function keptBudget(): number | undefined {
  const kept = Number(read(() => localStorage, BUDGET) ?? "");
  return Number.isInteger(kept) && kept > 0 ? kept : undefined;
}

/** Keeps the budget, or that there is none. */
export function keepBudget(budget: number | undefined): void {
  write(() => localStorage, BUDGET, budget?.toString());
}

/** Whether conversations are listed beside the page where there is room; they are, unless the visitor closed them. */
export function keptPanel(): boolean {
  return read(() => localStorage, PANEL) !== "no";
}

/** Keeps whether they are. */
export function keepPanel(isShown: boolean): void {
  write(() => localStorage, PANEL, isShown ? undefined : "no");
}

/** Reading the name of a storage that is denied throws already. */
function read(storage: () => Storage, key: string): string | undefined {
  try {
    return storage().getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(storage: () => Storage, key: string, value: string | undefined): void {
  try {
    if (value === undefined) {
      storage().removeItem(key);
    } else {
      storage().setItem(key, value);
    }
  } catch {
    // As above: it holds until the page is left.
  }
}
