// Discord's markdown, drawn as elements. Whatever is not markup stays text, so nothing needs escaping.

import { el } from "./dom.js";
import { t } from "./strings.js";
import { stamp } from "./time.js";

// Each rule: a pattern tried at the place where its first characters stand, and what it makes of the match.
const INLINE = [
  [/^\\([^0-9A-Za-z\s])/, (m) => m[1]],
  [/^(`+)([^]*?[^`])\1(?!`)/, (m) => el("code", {}, m[2].trim() || m[2])],
  [/^<t:(-?\d+)(?::([tTdDfFRsS]))?>/, (m) => stamp(Number(m[1]), m[2])],
  [/^<@!?(\d+)>/, (m, context) => mention(`@${context.userName(m[1])}`)],
  [/^<@&(\d+)>/, (m, context) => mention(`@${context.roleName(m[1])}`)],
  [/^<#(\d+)>/, (m, context) => mention(`#${context.channelName(m[1])}`)],
  [/^<\/([^:>]+):(\d+)>/, (m, context) => commandMention(m[1], context)],
  [/^<a?:(\w+):\d+>/, (m) => `:${m[1]}:`],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => link(m[1], [m[1]])],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (m, context) => link(m[2], inline(m[1], context))],
  [/^https?:\/\/[^\s<]+[^<.,:;"')\]\s]/, (m) => link(m[0], [m[0]])],
  [/^\*\*([^]+?)\*\*(?!\*)/, (m, context) => el("strong", {}, inline(m[1], context))],
  [/^__([^]+?)__(?!_)/, (m, context) => el("u", {}, inline(m[1], context))],
  [/^\*(?=\S)((?:\*\*|\\[^]|[^*\\])+?)\*(?!\*)/, (m, context) => el("em", {}, inline(m[1], context))],
  [/^_((?:__|\\[^]|[^_\\])+?)_(?![A-Za-z0-9_])/, (m, context) => el("em", {}, inline(m[1], context))],
  [/^~~([^]+?)~~/, (m, context) => el("s", {}, inline(m[1], context))],
  [/^\|\|([^]+?)\|\|/, (m, context) => spoiler(inline(m[1], context))],
];
const PLAIN = /^[^]+?(?=[\\`<[*_~|]|https?:\/\/|$)/;

function inline(text, context) {
  const nodes = [];
  let rest = text;
  let before = "";
  while (rest) {
    let eaten = PLAIN.exec(rest)[0];
    let node = eaten;
    for (const [pattern, make] of INLINE) {
      const match = pattern.exec(rest);
      if (match && !(match[0][0] === "_" && /\w$/.test(before))) {
        eaten = match[0];
        node = make(match, context);
        break;
      }
    }
    nodes.push(node);
    before = eaten;
    rest = rest.slice(eaten.length);
  }
  return nodes;
}

// Blocks: fences, quotes, headings, lists; then lines of text.
export function markdown(text, context) {
  const root = el("div", { class: "markdown" });
  const lines = text.split("\n");
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) root.append(...inline(paragraph.join("\n"), context));
    paragraph = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const fence = line.indexOf("```");
    if (fence !== -1) {
      const whole = lines.slice(i).join("\n");
      const block = /```(?:(\w[\w+-]*)\n)?\n?([^]*?)\n?```/.exec(whole);
      if (block) {
        if (block.index) paragraph.push(whole.slice(0, block.index).replace(/\n$/, ""));
        flush();
        root.append(el("pre", { tabindex: "0" }, el("code", {}, block[2])));
        const rest = whole.slice(block.index + block[0].length).replace(/^\n/, "");
        if (rest) root.append(...markdown(rest, context).childNodes);
        return root;
      }
    }
    const heading = /^(#{1,3}) +(.+)$/.exec(line);
    const small = /^-# +(.+)$/.exec(line);
    if (line.startsWith(">>> ")) {
      flush();
      root.append(el("blockquote", {}, markdown([line.slice(4), ...lines.slice(i + 1)].join("\n"), context)));
      return root;
    }
    if (line.startsWith("> ")) {
      flush();
      const quoted = [line.slice(2)];
      while (lines[i + 1]?.startsWith("> ")) quoted.push(lines[++i].slice(2));
      root.append(el("blockquote", {}, markdown(quoted.join("\n"), context)));
    } else if (heading) {
      flush();
      root.append(el("div", { class: `h${heading[1].length}`, role: "heading", "aria-level": heading[1].length + 2 }, inline(heading[2], context)));
    } else if (small) {
      flush();
      root.append(el("small", {}, inline(small[1], context)));
    } else if (/^\s*(?:[-*]|\d+\.) +\S/.test(line)) {
      flush();
      const items = [line];
      while (/^\s*(?:[-*]|\d+\.) +\S/.test(lines[i + 1] ?? "")) items.push(lines[++i]);
      root.append(list(items, context));
    } else paragraph.push(line);
  }
  flush();
  return root;
}

function list(items, context) {
  const ordered = /^\s*\d/.test(items[0]);
  const start = ordered ? Number.parseInt(items[0], 10) : undefined;
  const entries = items.map((item) => el("li", {}, inline(item.replace(/^\s*(?:[-*]|\d+\.) +/, ""), context)));
  return el(ordered ? "ol" : "ul", { start }, entries);
}

const mention = (text) => el("span", { class: "mention" }, text);

function link(url, children) {
  return el("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, children);
}

function commandMention(path, context) {
  return el("button", { class: "mention mention-command", type: "button", onclick: () => context.useCommand(path) }, `/${path}`);
}

function spoiler(children) {
  const node = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": t("spoiler"), "aria-expanded": "false" }, el("span", {}, children));
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    node.classList.add("revealed");
    for (const name of ["role", "tabindex", "aria-label", "aria-expanded"]) node.removeAttribute(name);
  };
  node.addEventListener("click", reveal, { once: true });
  node.addEventListener("keydown", reveal);
  return node;
}
