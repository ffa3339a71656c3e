/** Defines an element, unless other code on the page has: the app and `<reckon-chat>` may stand on one. */
export function define(name: string, element: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) {
    customElements.define(name, element);
  }
}
