/** Characters that turn the direction of what follows: shown, so that nothing reads other than it is. */

const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;

/** Puts each of them into words wherever it stands in `place`; whether there was one. */
export function showDirectionMarks(place: Node): boolean {
  const texts: Text[] = [];
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    if (CONTROLS.test((text as Text).data)) {
      texts.push(text as Text);
    }
  }
  for (const text of texts) {
    const parts = text.data.split(new RegExp(`(${CONTROLS.source})`));
    text.replaceWith(...parts.map((part) => (CONTROLS.test(part) ? named(part) : part)));
  }
  return texts.length > 0;
}

function named(character: string): HTMLElement {
  const mark = document.createElement("span");
  mark.className = "control";
  mark.title = "a character that turns the direction of text";
  mark.textContent = `U+${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return mark;
}
