/** Small helpers that build elements. Text always goes in as text; there is no way here to put in markup. */

export type Child = Node | string | null;

type Value = string | number | boolean | null | undefined;

/** An element with its attributes and children; null and false leave an attribute out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Sets, or with null and false removes, an attribute. */
export function setAttribute(element: Element, name: string, value: Value): void {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** Changes the text only when it differs, so that nothing is announced or selected twice. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes `parent`'s children exactly `wanted`, moving as little as possible: what stays keeps focus and state. */
export function arrange(parent: Element, wanted: readonly Element[]): void {
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  for (const [place, element] of wanted.entries()) {
    const there = parent.children[place];
    if (there !== element) parent.insertBefore(element, there ?? null);
  }
}
