// Popup menus: opened by a click, a right click or the keyboard; closed by choice, Escape or looking elsewhere.

import { el, icon } from "./dom.js";

let current = null;

// entries: {label, icon?, danger?, checked?, hint?, act} | {heading} | "line"
export function openMenu(anchor, entries, { x, y, label } = {}) {
  closeMenu();
  const returnTo = document.activeElement;
  const items = entries.map((entry) => draw(entry));
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label }, items);
  document.body.append(menu);
  place(menu, anchor, x, y);
  const buttons = [...menu.querySelectorAll("button")];
  const move = (step) => {
    const at = buttons.indexOf(document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) move(step);
    else if (event.key === "Home") buttons[0].focus();
    else if (event.key === "End") buttons.at(-1).focus();
    else if (event.key === "Escape" || event.key === "Tab") closeMenu();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const outside = (event) => menu.contains(event.target) || closeMenu();
  setTimeout(() => document.addEventListener("pointerdown", outside));
  anchor?.setAttribute("aria-expanded", "true");
  current = () => {
    document.removeEventListener("pointerdown", outside);
    anchor?.setAttribute("aria-expanded", "false");
    menu.remove();
    if (returnTo?.isConnected) returnTo.focus();
  };
  (menu.querySelector("[aria-checked=true]") ?? buttons[0])?.focus();
}

export function closeMenu() {
  const close = current;
  current = null;
  close?.();
}

function draw(entry) {
  if (entry === "line") return el("div", { class: "menu-line", role: "separator" });
  if (entry.heading) return el("div", { class: "menu-heading", role: "presentation" }, entry.heading);
  const choose = () => {
    closeMenu();
    entry.act();
  };
  const isRadio = "checked" in entry;
  return el(
    "button",
    {
      class: entry.danger ? "menu-item danger" : "menu-item",
      type: "button",
      role: isRadio ? "menuitemradio" : "menuitem",
      "aria-checked": isRadio ? String(entry.checked) : undefined,
      onclick: choose,
    },
    entry.picture,
    el("span", { class: "menu-label" }, entry.label, entry.hint && el("small", {}, entry.hint)),
    entry.checked ? icon("check") : entry.icon && icon(entry.icon),
  );
}

function place(menu, anchor, x, y) {
  const box = anchor?.getBoundingClientRect();
  const left = x ?? box.left;
  const top = y ?? box.bottom + 4;
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  const above = (y === undefined ? box.top - 4 : y) - height;
  menu.style.top = `${top + height > innerHeight - 8 ? Math.max(8, above) : top}px`;
}
