// Message components: buttons, select menus, and the layouts of components v2.

import { avatar, el, icon } from "./dom.js";
import { Listbox } from "./listbox.js";
import { markdown } from "./markdown.js";
import { fileCard, mosaic } from "./media.js";
import { t } from "./strings.js";

const BUTTON = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

// use(component, values?) tells the bot; context names users, roles and channels.
export function components(list, use, context) {
  return list.map((component) => draw(component, use, context));
}

function draw(component, use, context) {
  const inner = (children) => components(children ?? [], use, context);
  switch (component.type) {
    case 1: return el("div", { class: "action-row" }, inner(component.components));
    case 2: return button(component, use);
    case 3: case 5: case 6: case 7: case 8: return select(component, use, context);
    case 9: return el("div", { class: "section" }, el("div", { class: "section-text" }, inner(component.components)), inner([component.accessory]));
    case 10: return markdown(component.content, context);
    case 11: return el("img", { class: "thumbnail", src: component.media.url, alt: component.description ?? "" });
    case 12: return mosaic(component.items.map((item) => ({ ...item.media, alt: item.description, hidden: item.spoiler })));
    case 13: return fileCard({ ...component.file, filename: component.name, size: component.size });
    case 14: return el("div", { class: `separator ${component.divider === false ? "bare" : ""} spacing-${component.spacing ?? 1}`, role: "separator" });
    case 17: {
      const box = el("div", { class: "container" }, inner(component.components));
      if (component.accent_color !== undefined) box.style.setProperty("--embed-color", `#${component.accent_color.toString(16).padStart(6, "0")}`);
      return box;
    }
    default: return el("p", { class: "unknown" }, t("unknown-component-kind", { kind: component.type }));
  }
}

function button(component, use) {
  const kind = BUTTON[component.style] ?? "secondary";
  const label = [component.emoji?.name && el("span", { class: "emoji", "aria-hidden": "true" }, component.emoji.name), component.label];
  if (component.style === 5) {
    return el("a", { class: `button ${kind}`, href: component.url, target: "_blank", rel: "noreferrer noopener" }, label, icon("external"));
  }
  return el(
    "button",
    {
      class: `button ${kind}`,
      type: "button",
      disabled: Boolean(component.disabled),
      "data-custom-id": component.custom_id,
      "aria-label": component.label ? undefined : component.emoji?.name,
      onclick: () => use(component),
    },
    el("span", { class: "button-label" }, label),
    el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
  );
}

// What a select menu offers: its own options, or people, roles and channels.
export function offered(component, context) {
  const people = context.members().map((user) => ({ label: user.name, description: user.username, value: user.id, picture: avatar(user, "avatar tiny") }));
  const roles = context.roles().map((role) => ({ label: `@${role.name}`, value: role.id }));
  switch (component.type) {
    case 5: return people;
    case 6: return roles;
    case 7: return [...people, ...roles];
    case 8: return context.channels().map((channel) => ({ label: `#${channel.name}`, value: channel.id }));
    default: return component.options.map((o) => ({ label: o.label, description: o.description, value: o.value, picture: o.emoji?.name && el("span", { class: "emoji" }, o.emoji.name) }));
  }
}

export function preselected(component) {
  if (component.type === 3) return (component.options ?? []).filter((o) => o.default).map((o) => o.value);
  return (component.default_values ?? []).map((v) => String(v.id));
}

// A button that opens a list. In a message it sends the choice when the list closes; in a modal it only holds it.
export function select(component, use, context, { onChange } = {}) {
  const choices = offered(component, context);
  const most = component.max_values ?? 1;
  const least = component.min_values ?? 1;
  let chosen = new Set(preselected(component));
  const before = () => [...chosen].sort().join("\n");
  let sent = before();

  const shown = el("span", { class: "select-value" });
  const opener = el(
    "button",
    { class: "select", type: "button", disabled: Boolean(component.disabled), "data-custom-id": component.custom_id, "aria-expanded": "false", "aria-haspopup": "listbox" },
    shown,
    icon("chevron", "select-chevron"),
  );
  const list = new Listbox(opener, { label: component.placeholder || t("make-selection"), multiple: most > 1, onChoose: choose });
  const box = el("div", { class: "select-box" }, opener);

  function caption() {
    const labels = choices.filter((c) => chosen.has(c.value)).map((c) => c.label);
    shown.textContent = labels.join(", ") || component.placeholder || t("make-selection");
    shown.classList.toggle("placeholder", !labels.length);
    opener.setAttribute("aria-label", `${component.placeholder || t("make-selection")}: ${labels.join(", ") || t("nothing-chosen")}`);
  }

  function choose(choice) {
    if (most === 1) {
      chosen = new Set(chosen.has(choice.value) && least === 0 ? [] : [choice.value]);
      caption();
      close(true);
      return;
    }
    if (chosen.has(choice.value)) chosen.delete(choice.value);
    else if (chosen.size < most) chosen.add(choice.value);
    caption();
    list.show(choices, { selected: chosen, active: list.active });
  }

  function open() {
    box.append(list.node);
    box.classList.toggle("up", opener.getBoundingClientRect().bottom + 240 > innerHeight);
    list.show(choices, { selected: chosen, active: Math.max(0, choices.findIndex((c) => chosen.has(c.value))) });
    opener.setAttribute("aria-expanded", "true");
  }

  function close(commit) {
    if (!list.node.isConnected) return;
    list.node.remove();
    opener.setAttribute("aria-expanded", "false");
    opener.removeAttribute("aria-activedescendant");
    const changed = before() !== sent || most === 1;
    if (!commit || !changed || chosen.size < least) return;
    sent = before();
    if (onChange) onChange([...chosen]);
    else use(component, [...chosen]);
  }

  opener.addEventListener("click", () => (list.node.isConnected ? close(true) : open()));
  opener.addEventListener("blur", () => close(true));
  opener.addEventListener("keydown", (event) => {
    const isOpen = list.node.isConnected;
    if (isOpen && list.key(event)) return;
    if (isOpen && (event.key === "Enter" || event.key === " ") && list.activeChoice) {
      event.preventDefault();
      choose(list.activeChoice);
    } else if (isOpen && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(false);
    } else if (!isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      open();
    }
  });
  caption();
  return box;
}
