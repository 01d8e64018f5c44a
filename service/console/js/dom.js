/* Building and comparing elements: text is always set as text, never as HTML. */

/** Make an element: h("p", {class: "note"}, "text", child). Null children and properties are skipped. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Make an element of an SVG picture, likewise; text goes in as <text> or <title>. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children.flat());
  return element;
}

/** Set an element's text only when it changed, so that screen readers are not told twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const byId = (id) => document.getElementById(id);

/** "14:03:09", and the date before it when it is not today's. */
export function clockTime(iso) {
  const date = new Date(iso);
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString()} ${time}`;
}

export const percent = (part) => `${Math.round(100 * part)} %`;

/** "58 s": the time between two moments. */
export const ago = (from, to) => `${Math.round((new Date(to) - new Date(from)) / 1000)} s`;

const ATTEMPTS = 6;

/** Make an image of evidence: it may be announced a moment before it is written, so it is asked for again. */
export function picture(url, properties = {}) {
  let attempt = 0;
  const image = h("img", {
    ...properties,
    src: url,
    onerror: () => {
      attempt += 1;
      if (attempt >= ATTEMPTS) return;
      setTimeout(() => (image.src = `${url}?attempt=${attempt}`), 250 * 2 ** attempt);
    },
  });
  return image;
}
