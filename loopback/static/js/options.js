// One option of a slash command in the composer: a pill with an input, its checks, and what it suggests.

import { avatar, el, uniqueId } from "./dom.js";
import { bytes } from "./media.js";
import { localised, t } from "./strings.js";

const STRING = 3, INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, MENTIONABLE = 9, NUMBER = 10, ATTACHMENT = 11;

export class Option {
  // spec: the option as registered; composer: {context, upload(file), changed()}
  constructor(spec, composer) {
    this.spec = spec;
    this.composer = composer;
    this.chosen = null; // a choice whose label stands in the input
    this.file = null; // an attachment as the server described it
    const id = uniqueId("option");
    const name = localised(spec, "name");
    this.input = this.isFile ? this.#fileInput(id) : this.#textInput(id);
    this.label = el("label", { class: "pill-name", for: id }, name);
    this.node = el("div", { class: "pill", "data-option": spec.name }, this.label, this.isFile ? this.fileButton : this.input, this.isFile && this.input);
  }

  get isFile() {
    return this.spec.type === ATTACHMENT;
  }

  get focusable() {
    return this.isFile ? this.fileButton : this.input;
  }

  #textInput(id) {
    const numeric = this.spec.type === INTEGER || this.spec.type === NUMBER;
    return el("input", {
      class: "pill-input", id, type: "text", autocomplete: "off", spellcheck: "false", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list",
      inputmode: numeric ? (this.spec.type === INTEGER ? "numeric" : "decimal") : undefined,
      "aria-required": String(Boolean(this.spec.required)),
      oninput: () => { this.chosen = null; this.invalid(false); this.composer.changed(this); },
    });
  }

  #fileInput(id) {
    this.fileButton = el("button", { class: "pill-file", type: "button", id, onclick: () => this.input.click() }, t("choose-file"));
    return el("input", { type: "file", hidden: true, onchange: () => this.input.files[0] && this.take(this.input.files[0]) });
  }

  async take(file) {
    this.fileButton.textContent = t("uploading");
    try {
      this.file = await this.composer.upload(file);
      this.fileButton.textContent = `${this.file.title ?? this.file.filename} · ${bytes(this.file.size)}`;
      this.invalid(false);
    } catch (refusal) {
      this.file = null;
      this.fileButton.textContent = t("choose-file");
      this.composer.problem(refusal);
    }
    this.composer.changed(this);
  }

  choose(choice) {
    this.input.value = choice.label;
    this.chosen = choice;
    this.invalid(false);
  }

  invalid(is) {
    this.node.classList.toggle("invalid", is);
    this.focusable.setAttribute("aria-invalid", String(is));
  }

  get isEmpty() {
    return this.isFile ? !this.file : this.input.value.trim() === "";
  }

  // What may stand here without asking the bot: its choices, yes and no, people, channels, roles.
  suggestions() {
    const { spec, composer } = this;
    const typed = this.chosen ? "" : this.input.value.trim().toLowerCase();
    const context = composer.context;
    const members = () => context.members().map((u) => ({ label: u.name, value: u.id, picture: avatar(u, "avatar tiny") }));
    const roles = () => context.roles().map((r) => ({ label: `@${r.name}`, value: r.id }));
    let all = [];
    if (spec.choices?.length) all = spec.choices.map((c) => ({ label: localised(c, "name"), value: c.value }));
    else if (spec.type === BOOLEAN) all = [{ label: t("true"), value: true }, { label: t("false"), value: false }];
    else if (spec.type === USER) all = members();
    else if (spec.type === ROLE) all = roles();
    else if (spec.type === MENTIONABLE) all = [...members(), ...roles()];
    else if (spec.type === CHANNEL) all = context.channels().map((c) => ({ label: `#${c.name}`, value: c.id }));
    return all.filter((choice) => choice.label.toLowerCase().includes(typed));
  }

  get mustChoose() {
    return Boolean(this.spec.choices?.length) || [BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE].includes(this.spec.type);
  }

  // {value} to send, {} when left out, or {problem} in words.
  read() {
    const { spec } = this;
    if (this.isEmpty) return spec.required ? { problem: t("option-required") } : {};
    if (this.isFile) return { value: this.file.id };
    const text = this.input.value.trim();
    if (this.mustChoose) {
      const match = this.chosen ?? this.suggestions().find((c) => c.label.toLowerCase() === text.toLowerCase());
      return match ? { value: match.value } : { problem: t("option-choose") };
    }
    if (spec.type === STRING) return this.#readText(this.chosen?.value ?? text);
    return this.chosen ? { value: this.chosen.value } : this.#readNumber(text);
  }

  #readText(text) {
    const { min_length: least = 0, max_length: most = 6000 } = this.spec;
    if (text.length < least) return { problem: t("option-too-short", { least }) };
    if (text.length > most) return { problem: t("option-too-long", { most }) };
    return { value: text };
  }

  #readNumber(text) {
    const number = Number(text);
    const { min_value: low, max_value: high } = this.spec;
    if (Number.isNaN(number)) return { problem: t("option-number") };
    if (this.spec.type === INTEGER && !Number.isInteger(number)) return { problem: t("option-integer") };
    if (low !== undefined && number < low) return { problem: t("option-at-least", { low }) };
    if (high !== undefined && number > high) return { problem: t("option-at-most", { high }) };
    return { value: number };
  }

  // "1-10", beside the description
  get bounds() {
    const { min_value: low, max_value: high, max_length: most } = this.spec;
    if (low !== undefined || high !== undefined) return `${low ?? ""}–${high ?? ""}`;
    return most ? t("up-to-characters", { most }) : "";
  }
}
