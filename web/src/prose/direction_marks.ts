/** Characters that turn the direction of what follows: put into words, so that nothing reads other than it is. */

const MARKS = /[\u202a-\u202e\u2066-\u2069]/g;

/** Puts each of them into words wherever it stands in `place`. */
export function showDirectionMarks(place: Node): void {
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode() as Text | null; text; text = walker.nextNode() as Text | null) {
    if (text.data.search(MARKS) >= 0) {
      text.data = text.data.replace(MARKS, (mark) => `⟨U+${mark.charCodeAt(0).toString(16).toUpperCase()}⟩`);
    }
  }
}
