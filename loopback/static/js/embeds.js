// Embeds. Those that share one url are one card with several pictures, as Discord shows them.

import { el } from "./dom.js";
import { markdown } from "./markdown.js";
import { mosaic } from "./media.js";
import { when } from "./time.js";

export function embeds(list, context) {
  const cards = [];
  for (const embed of list) {
    const card = embed.url && cards.find((c) => c.embed.url === embed.url);
    if (card && embed.image && card.images.length < 4) card.images.push(embed.image);
    else cards.push({ embed, images: embed.image ? [embed.image] : [] });
  }
  return cards.map(({ embed, images }) => draw(embed, images, context));
}

function draw(embed, images, context) {
  const card = el("article", { class: "embed" });
  if (embed.color !== undefined) card.style.setProperty("--embed-color", `#${embed.color.toString(16).padStart(6, "0")}`);
  const text = el("div", { class: "embed-text" });
  const { author, title, description, fields, footer, thumbnail, timestamp } = embed;
  if (author) text.append(el("div", { class: "embed-author" }, author.icon_url && el("img", { src: author.icon_url, alt: "" }), linked(author.url, author.name)));
  if (title) text.append(el("div", { class: "embed-title" }, linked(embed.url, [...markdown(title, context).childNodes])));
  if (description) text.append(el("div", { class: "embed-description" }, markdown(description, context)));
  if (fields?.length) text.append(el("div", { class: "embed-fields" }, fields.map((f) => field(f, context))));
  card.append(el("div", { class: "embed-body" }, text, thumbnail && el("img", { class: "embed-thumbnail", src: thumbnail.url, alt: "" })));
  if (images.length) card.append(el("div", { class: "embed-image" }, mosaic(images)));
  if (footer || timestamp) {
    const parts = [footer?.text, timestamp && when(new Date(timestamp))].filter(Boolean);
    card.append(el("footer", { class: "embed-footer" }, footer?.icon_url && el("img", { src: footer.icon_url, alt: "" }), parts.join(" • ")));
  }
  return card;
}

function field({ name, value, inline }, context) {
  return el("div", { class: inline ? "embed-field inline" : "embed-field" },
    el("div", { class: "embed-field-name" }, markdown(name, context)),
    el("div", { class: "embed-field-value" }, markdown(value, context)));
}

function linked(url, children) {
  return url ? el("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, children) : el("span", {}, children);
}
