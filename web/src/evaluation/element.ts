/** Elements as this page makes them: what is put in as a word stays one, whoever wrote it. */

const SVG = "http://www.w3.org/2000/svg";

/** An element with these attributes, and what is in it. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...inner: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, value));
  made.append(...inner);
  return made;
}

/** A part of a drawing. */
export function drawn(name: string, attributes: Readonly<Record<string, string | number>>, ...inner: (Node | string)[]): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement;
  Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, `${value}`));
  made.append(...inner);
  return made;
}
