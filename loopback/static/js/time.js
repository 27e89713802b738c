// Dates as Discord shows them, and <t:...> stamps that keep counting.

import { el } from "./dom.js";
import { locale, t } from "./strings.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

export function format(date, style = "f") {
  return new Intl.DateTimeFormat(locale, STYLES[style] ?? STYLES.f).format(date);
}

export function relative(date, now = Date.now()) {
  const seconds = Math.round((date.getTime() - now) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

// <t:seconds:style>
export function stamp(seconds, style) {
  const date = new Date(seconds * 1000);
  const node = el("time", { class: "stamp", datetime: date.toISOString(), title: format(date, "F") });
  if (style === "R") {
    node.dataset.relative = String(seconds);
    node.textContent = relative(date);
  } else node.textContent = format(date, style);
  return node;
}

setInterval(() => {
  for (const node of document.querySelectorAll("[data-relative]")) {
    const text = relative(new Date(Number(node.dataset.relative) * 1000));
    if (node.textContent !== text) node.textContent = text;
  }
}, 1000);

// "Today at 16:05", "Yesterday at 16:05", or the date
export function when(date) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  const time = format(date, "t");
  if (days === 0) return t("today-at", { time });
  if (days === 1) return t("yesterday-at", { time });
  return format(date, "s");
}
