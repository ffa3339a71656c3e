/** The page that measures: `?model=` and its kin as in the app, and `?repeat=`. */

import { wishes } from "../page/address";
import { besideTheApp } from "../page/beside";
import { sentence } from "../page/sentence";
import { USUAL } from "./measure";
import { figuresOf } from "./run";
import { shown } from "./shown";

const REPEAT = 5;

const address = new URL(location.href);
const asked = wishes(address);
const repeat = Math.max(1, Math.floor(Number(address.searchParams.get("repeat")) || REPEAT));

const [begin, stop, state, found] = ["begin", "stop", "state", "found"].map((id) => document.getElementById(id)) as [
  HTMLButtonElement,
  HTMLButtonElement,
  HTMLElement,
  HTMLElement,
];
let ending = new AbortController();

begin.addEventListener("click", () => void run());
stop.addEventListener("click", () => ending.abort());

async function run(): Promise<void> {
  ending = new AbortController();
  const { signal } = ending;
  found.replaceChildren();
  state.className = "";
  running(true);
  try {
    const choice = asked.choice ?? (await besideTheApp(address));
    if (choice === undefined) {
      throw new Error("there is no model beside the app; name one by ?model=");
    }
    const tell = (words: string) => (state.textContent = words);
    const figures = await figuresOf(choice, { ...asked.load, ...choice.load }, { ...USUAL, repeat, signal, tell });
    found.replaceChildren(...shown(figures));
    state.textContent = "Measured.";
  } catch (error) {
    state.className = "fault";
    state.textContent = signal.aborted ? "Stopped." : sentence(error);
  } finally {
    running(false);
  }
}

function running(is: boolean): void {
  begin.hidden = is;
  stop.hidden = !is;
}
