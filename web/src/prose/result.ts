/** The answer to a question: what stands in the last box of a text, set apart, with a button that copies it. */

import { copyButton } from "./copy_button";
import { boxLength } from "./mathematics";

/** Sets the last box in `place` apart, and no other. */
export function markResult(place: Element): void {
  const boxes = place.querySelectorAll<HTMLElement>("[data-boxed]");
  const last = boxes[boxes.length - 1];
  for (const former of place.querySelectorAll<HTMLElement>(".result")) {
    if (former === last) {
      return;
    }
    former.removeAttribute("class");
    former.querySelector(".copy")?.remove();
    former.closest(".lone")?.removeAttribute("class");
  }
  if (!last) {
    return;
  }
  const tex = last.dataset["tex"]?.trim() ?? "";
  last.className = boxLength(tex) === tex.length ? "result" : "result within";
  last.append(copyButton("the answer", () => last.dataset["boxed"] ?? ""));
  const { parentElement: line } = last;
  if (line?.localName === "p" && Array.from(line.childNodes).every((node) => node === last || /^[\s.]*$/.test(node.textContent ?? ""))) {
    line.classList.add("lone");
  }
}
