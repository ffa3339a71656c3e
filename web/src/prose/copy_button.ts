/** A button that copies. */

import { copyText } from "./clipboard";

/** Two sheets of paper. */
const OUTLINE = "M9 9h10v11H9zM6 15H5V4h10v2";
/** How long it says that it has copied. */
const SAID_MS = 1600;

/** A button that copies what `text` gives when it is pressed; `what` that is, in words. */
export function copyButton(what: string, text: () => string): HTMLButtonElement {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "copy", title: `Copy ${what}` });
  button.setAttribute("aria-label", `Copy ${what}`);
  button.append(icon());
  button.addEventListener("click", async () => {
    if (await copyText(text())) {
      say(button, `Copied ${what}`, "copied");
    } else {
      say(button, "This browser does not let the page copy", "refused");
    }
  });
  return button;
}

function say(button: HTMLButtonElement, words: string, state: string): void {
  const before = button.title;
  button.dataset["state"] = state;
  button.setAttribute("aria-label", words);
  button.title = words;
  setTimeout(() => {
    delete button.dataset["state"];
    button.setAttribute("aria-label", before);
    button.title = before;
  }, SAID_MS);
}

function icon(): SVGElement {
  const svg = (name: string) => document.createElementNS("http://www.w3.org/2000/svg", name);
  const picture = svg("svg") as SVGElement;
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const path = svg("path");
  path.setAttribute("d", OUTLINE);
  picture.append(path);
  return picture;
}
