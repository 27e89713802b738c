// The page's own words, in the language of the person at it.

import { byId } from "./dom.js";

export const LOCALES = { "en-US": "English", "zh-CN": "简体中文", "zh-TW": "繁體中文" };

let words = {};
export let locale = "en-US";

export async function speak(wanted) {
  locale = wanted in LOCALES ? wanted : "en-US";
  words = await (await fetch(`/static/strings/${locale}.json`)).json();
  document.documentElement.lang = locale;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of document.querySelectorAll("button[data-t-label]")) node.title = t(node.dataset.tLabel);
}

export function t(key, params = {}) {
  const text = words[key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => params[name]);
}

// A name or description as the bot translated it.
export function localised(thing, field) {
  return thing[`${field}_localizations`]?.[locale] ?? thing[field];
}

// Says something to those who cannot see it happen.
export function announce(text) {
  byId("status").textContent = text;
}
