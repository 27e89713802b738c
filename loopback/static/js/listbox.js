// A list to choose from, driven from an input or a button by arrow keys: the ARIA combobox pattern.

import { el, icon, uniqueId } from "./dom.js";

export class Listbox {
  // choices: {label, description?, value, picture?}; onChoose(choice)
  constructor(owner, { label, onChoose, multiple = false }) {
    this.owner = owner;
    this.onChoose = onChoose;
    this.choices = [];
    this.active = -1;
    this.node = el("ul", { class: "listbox", role: "listbox", id: uniqueId("listbox"), "aria-label": label, "aria-multiselectable": multiple ? "true" : undefined });
    this.node.addEventListener("pointerdown", (event) => event.preventDefault()); // keep the focus where it is
    owner.setAttribute("aria-controls", this.node.id);
    owner.setAttribute("aria-haspopup", "listbox");
  }

  show(choices, { selected = new Set(), active = -1 } = {}) {
    this.choices = choices;
    this.node.replaceChildren(
      ...choices.map((choice, i) => {
        const chosen = selected.has(choice.value);
        return el(
          "li",
          { class: "option", role: "option", id: `${this.node.id}-${i}`, "aria-selected": String(chosen), onclick: () => this.onChoose(choice) },
          choice.picture,
          el("span", { class: "option-text" },
            el("span", { class: "option-label" }, choice.label),
            choice.description && el("span", { class: "option-description" }, choice.description)),
          choice.note && el("span", { class: "option-note" }, choice.note),
          chosen && icon("check", "option-check"),
        );
      }),
    );
    this.activate(Math.min(active, choices.length - 1));
  }

  activate(index) {
    this.active = index;
    [...this.node.children].forEach((child, i) => child.classList.toggle("active", i === index));
    const option = this.node.children[index];
    if (option) {
      option.scrollIntoView({ block: "nearest" });
      this.owner.setAttribute("aria-activedescendant", option.id);
    } else this.owner.removeAttribute("aria-activedescendant");
  }

  // Arrow keys; true when the key was for us.
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !this.choices.length) return false;
    const count = this.choices.length;
    this.activate(this.active === -1 ? (step === 1 ? 0 : count - 1) : (this.active + step + count) % count);
    event.preventDefault();
    return true;
  }

  get activeChoice() {
    return this.choices[this.active];
  }
}
