// Building elements. Text always enters as text nodes: nothing that a message says can become markup.

const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "multiple", "required", "open", "files"]);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name, className = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

let last = 0;
export const uniqueId = (stem) => `${stem}-${++last}`;

const AVATARS = ["#5865f2", "#3ba55c", "#faa61a", "#ed4245", "#eb459f", "#1abc9c"];

// The first letter on a colour of one's own; the bot has its mark.
export function avatar(person, className = "avatar") {
  if (person.bot) return el("img", { class: className, src: "/static/icon.svg", alt: "" });
  const node = el("span", { class: className, "aria-hidden": "true" }, [...person.name][0].toUpperCase());
  node.style.background = AVATARS[[...person.name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % AVATARS.length];
  return node;
}
