// Where people write: plain messages with files, and slash commands with their options.

import { avatar, byId, el, icon } from "./dom.js";
import { Listbox } from "./listbox.js";
import { bytes, isPicture } from "./media.js";
import { Option } from "./options.js";
import { announce, localised, t } from "./strings.js";

const SUB_COMMANDS = [1, 2];
const AUTOCOMPLETE_MS = 120;

export class Composer {
  #root = byId("composer");
  #commands = [];
  #command = null; // {command, path, label, specs} while one is filled in
  #options = [];
  #files = [];
  #reply = null;
  #asked = null; // the autocomplete whose answer is awaited: {interaction, option}
  #answers = new Map();
  #timer = 0;

  // actions: slash(path, values, label), say(content, files, replyTo), autocomplete(path, option, typed, values), upload(file), explain(refusal)
  constructor(context, actions) {
    this.context = context;
    this.actions = actions;
    this.#build();
  }

  #build() {
    this.problemLine = el("p", { class: "composer-problem", role: "alert", id: "composer-problem" });
    this.panel = el("div", { class: "panel", hidden: true });
    this.replyBar = el("div", { class: "reply-bar", hidden: true });
    this.fileRow = el("ul", { class: "file-row", hidden: true });
    this.filePicker = el("input", { type: "file", multiple: true, hidden: true, onchange: () => { this.takeFiles(this.filePicker.files); this.filePicker.value = ""; } });
    this.plus = el("button", { class: "icon-button plus", type: "button", onclick: () => this.filePicker.click() }, icon("plus"));
    this.text = el("textarea", { class: "composer-text", id: "composer-text", rows: 1, "aria-autocomplete": "list" });
    this.bar = el("div", { class: "command-bar", hidden: true });
    this.send = el("button", { class: "icon-button send", type: "submit" }, icon("send"));
    this.form = el("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.#submit(); } },
      this.replyBar, this.fileRow, el("div", { class: "composer-line" }, this.plus, this.filePicker, this.text, this.bar, this.send));
    this.#root.replaceChildren(this.panel, this.problemLine, this.form);
    this.palette = new Listbox(this.text, { label: "", onChoose: (choice) => this.begin(choice.value) });
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("keydown", (event) => this.#textKey(event));
    this.text.addEventListener("paste", (event) => this.#pasted(event));
    this.bar.addEventListener("paste", (event) => this.#pasted(event));
    this.bar.addEventListener("keydown", (event) => this.#barKey(event));
    this.bar.addEventListener("focusin", (event) => this.#focused(event));
    this.bar.addEventListener("focusout", () => setTimeout(() => this.#command && !this.bar.contains(document.activeElement) && this.#closePanel()));
  }

  // Words and permissions of the channel that was opened.
  prepare({ channelLabel, mayWrite, commands }) {
    this.#commands = flatten(commands);
    this.text.placeholder = mayWrite ? t("message-channel", { channel: channelLabel }) : t("may-not-write");
    this.text.setAttribute("aria-label", this.text.placeholder);
    this.text.disabled = !mayWrite && !commands.length;
    this.palette.node.setAttribute("aria-label", t("commands"));
    for (const [button, key] of [[this.plus, "upload-file"], [this.send, "send"]]) {
      button.setAttribute("aria-label", t(key));
      button.title = t(key);
    }
    this.#cancel();
    this.#reply = null;
    this.#drawReply();
    this.#dropFiles();
    this.problem(null);
  }

  updateCommands(commands) {
    this.#commands = flatten(commands);
    if (!this.#command) this.#typed();
  }

  focus() {
    (this.#command ? this.#options[0]?.focusable : this.text)?.focus();
  }

  problem(refusal) {
    this.problemLine.textContent = refusal ? (typeof refusal === "string" ? refusal : this.actions.explain(refusal)) : "";
  }

  replyTo(message) {
    this.#cancel();
    this.#reply = message;
    this.#drawReply();
    this.text.focus();
  }

  #drawReply() {
    this.replyBar.hidden = !this.#reply;
    if (!this.#reply) return;
    const name = this.context.user(this.#reply.author.id)?.name ?? "";
    this.replyBar.replaceChildren(t("replying-to", { name }), el("button", { class: "icon-button", type: "button", "aria-label": t("cancel"), onclick: () => { this.#reply = null; this.#drawReply(); } }, icon("close")));
  }

  // Plain text

  #typed() {
    this.problem(null);
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 200)}px`;
    const match = /^\/([^\n]*)$/.exec(this.text.value);
    if (!match) return this.#closePanel();
    const typed = match[1].toLowerCase();
    const fits = this.#commands.filter((c) => c.label.toLowerCase().includes(typed) || c.path.includes(typed));
    fits.sort((a, b) => Number(b.label.toLowerCase().startsWith(typed)) - Number(a.label.toLowerCase().startsWith(typed)));
    if (!fits.length) return this.#closePanel();
    this.palette.show(fits.map((c) => this.#paletteRow(c)), { active: 0 });
    announce(t("commands-found", { count: fits.length }));
    this.#openPanel(this.text, el("div", { class: "panel-head" }, avatar(this.context.bot(), "avatar tiny"), this.context.bot().name), this.palette.node);
  }

  #paletteRow(entry) {
    const names = entry.specs.map((s) => localised(s, "name"));
    return { label: el("span", {}, el("b", {}, `/${entry.label}`), el("span", { class: "palette-options" }, names.map((n) => el("i", {}, n)))), description: localised(entry.leaf, "description"), value: entry, note: this.context.bot().name };
  }

  #textKey(event) {
    if (event.isComposing) return;
    const open = !this.panel.hidden;
    if (open && this.palette.key(event)) return;
    if (event.key === "Escape" && open) {
      this.#closePanel();
      event.preventDefault();
    } else if ((event.key === "Enter" && !event.shiftKey) || (event.key === "Tab" && open)) {
      event.preventDefault();
      if (open && this.palette.activeChoice) this.begin(this.palette.activeChoice.value);
      else if (event.key === "Enter") this.#submit();
    }
  }

  // Slash commands

  useCommand(path) {
    const entry = this.#commands.find((c) => c.path === path);
    if (entry) this.begin(entry);
    else this.problem(t("refused-unknown-command", { detail: `/${path}` }));
  }

  begin(entry) {
    this.#closePanel();
    this.#command = entry;
    this.text.value = "";
    this.text.hidden = true;
    this.plus.hidden = true;
    this.bar.hidden = false;
    this.#options = [];
    this.rest = el("button", { class: "more-options", type: "button", onclick: () => this.#offerRest() });
    this.rest.setAttribute("aria-haspopup", "menu");
    this.chip = el("span", { class: "command-chip" }, `/${entry.label}`);
    this.bar.replaceChildren(this.chip, this.rest);
    for (const spec of entry.specs.filter((s) => s.required)) this.#add(spec);
    this.#countRest();
    announce(localised(entry.leaf, "description"));
    if (this.#options.length) this.#options[0].focusable.focus();
    else if (entry.specs.length) this.rest.focus();
    else {
      this.send.focus();
      this.#openPanel(this.send, this.#help(null));
    }
  }

  #add(spec) {
    const option = new Option(spec, {
      context: this.context,
      upload: (file) => this.actions.upload(file),
      changed: (changed) => this.#suggest(changed),
      problem: (refusal) => this.problem(refusal),
    });
    option.list = new Listbox(option.focusable, { label: localised(spec, "name"), onChoose: (choice) => this.#chosen(option, choice) });
    this.#options.push(option);
    this.rest.before(option.node);
    return option;
  }

  #left() {
    return this.#command.specs.filter((spec) => !this.#options.some((o) => o.spec === spec));
  }

  #countRest() {
    const count = this.#left().length;
    this.rest.hidden = !count;
    this.rest.textContent = t("more-options", { count });
  }

  #offerRest() {
    const list = new Listbox(this.rest, { label: t("options"), onChoose: (choice) => this.#addAndFocus(choice.value) });
    list.show(this.#left().map((spec) => ({ label: localised(spec, "name"), description: localised(spec, "description"), value: spec })));
    this.rest.listbox = list;
    this.#openPanel(this.rest, el("div", { class: "panel-head" }, t("optional-options")), list.node);
  }

  #addAndFocus(spec) {
    const option = this.#add(spec);
    this.#countRest();
    option.focusable.focus();
    return option;
  }

  #optionAt(node) {
    return this.#options.find((o) => o.node.contains(node));
  }

  #focused(event) {
    const option = this.#optionAt(event.target);
    if (option) this.#suggest(option);
    else if (event.target === this.rest) this.#offerRest();
  }

  #help(option) {
    const entry = option ? option.spec : this.#command.leaf;
    return el("div", { class: "panel-help" },
      el("b", {}, option ? localised(entry, "name") : `/${this.#command.label}`),
      el("span", {}, localised(entry, "description")),
      option?.bounds && el("span", { class: "panel-bounds" }, option.bounds));
  }

  #suggest(option) {
    this.problem(null);
    if (option.isFile) return this.#openPanel(option.fileButton, this.#help(option), this.#dropZone(option));
    if (option.spec.autocomplete) return this.#ask(option);
    const choices = option.suggestions();
    option.list.show(choices, { active: option.mustChoose && choices.length ? 0 : -1 });
    this.#openPanel(option.input, this.#help(option), choices.length ? option.list.node : option.mustChoose && el("p", { class: "panel-note" }, t("no-options-match")));
  }

  #dropZone(option) {
    const preview = option.file && isPicture(option.file) && el("img", { src: option.file.url, alt: "" });
    return el("button", { class: "drop-zone", type: "button", tabindex: "-1", onpointerdown: (e) => e.preventDefault(), onclick: () => option.input.click() }, preview || icon("plus"), el("span", {}, option.file ? option.file.filename : t("drop-here")));
  }

  #ask(option) {
    this.#openPanel(option.input, this.#help(option), option.list.choices.length ? option.list.node : el("p", { class: "panel-note" }, t("loading-options")));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const values = {};
      for (const other of this.#options) if (other !== option && !other.isFile && !other.isEmpty) values[other.spec.name] = other.read().value ?? other.input.value;
      try {
        const { interaction } = await this.actions.autocomplete(this.#command.path, option.spec.name, option.input.value, values);
        this.#asked = { interaction, option };
        if (this.#answers.has(interaction)) this.heard(this.#answers.get(interaction));
      } catch (refusal) {
        this.problem(refusal);
      }
    }, AUTOCOMPLETE_MS);
  }

  // The bot's suggestions, or that none came.
  heard(news) {
    if (this.#asked?.interaction !== news.id) {
      this.#answers.set(news.id, news);
      if (this.#answers.size > 20) this.#answers.delete(this.#answers.keys().next().value);
      return;
    }
    const { option } = this.#asked;
    if (document.activeElement !== option.input) return;
    const choices = (news.choices ?? []).map((c) => ({ label: localised(c, "name"), value: c.value }));
    option.list.show(choices);
    const note = news.failed ? t("loading-options-failed") : t("no-options-match");
    this.#openPanel(option.input, this.#help(option), choices.length ? option.list.node : el("p", { class: "panel-note" }, note));
  }

  #chosen(option, choice) {
    option.choose(choice);
    const next = this.#options.find((o) => o.spec.required && o.isEmpty && o !== option);
    if (next) next.focusable.focus();
    else {
      option.list.activate(-1);
      option.input.focus();
      this.#closePanel();
    }
  }

  #barKey(event) {
    if (event.isComposing) return;
    const option = this.#optionAt(event.target);
    const list = event.target === this.rest ? this.rest.listbox : option?.list;
    if (list?.node.isConnected && !this.panel.hidden && list.key(event)) return;
    if (event.key === "Enter") {
      if (option?.isFile && !option.file) return;
      event.preventDefault();
      const choice = !this.panel.hidden && list?.node.isConnected ? list.activeChoice : null;
      if (choice && !(option?.chosen && option.chosen.value === choice.value)) list.onChoose(choice);
      else this.#submit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#cancel();
      this.text.focus();
    } else if (event.key === "Backspace" && option && (option.isFile || option.input.value === "")) {
      event.preventDefault();
      this.#removeOption(option);
    } else if (event.key === "Tab" && !event.shiftKey && option && list?.activeChoice && !option.chosen && !option.isFile) {
      option.choose(list.activeChoice); // and the focus goes on by itself
    }
  }

  #removeOption(option) {
    const at = this.#options.indexOf(option);
    if (option.spec.required) {
      if (at === 0) {
        this.#cancel();
        this.text.focus();
      } else this.#options[at - 1].focusable.focus();
      return;
    }
    option.node.remove();
    this.#options.splice(at, 1);
    this.#countRest();
    (this.#options[at - 1]?.focusable ?? this.rest).focus();
  }

  #cancel() {
    clearTimeout(this.#timer);
    this.#command = null;
    this.#asked = null;
    this.#options = [];
    this.bar.hidden = true;
    this.bar.replaceChildren();
    this.text.hidden = false;
    this.plus.hidden = false;
    this.#closePanel();
    this.problem(null);
  }

  // Files

  #pasted(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    this.takeFiles(files);
  }

  // Dropped, pasted or picked: for the command's file option, else for the message.
  async takeFiles(list) {
    const files = [...list];
    if (this.#command) {
      const free = this.#options.find((o) => o.isFile && !o.file) ?? this.#options.find((o) => o.isFile);
      const spec = this.#left().find((s) => s.type === 11);
      const option = free ?? (spec && this.#addAndFocus(spec));
      if (option) await option.take(files[0]);
      else this.problem(t("takes-no-file"));
      return;
    }
    for (const file of files.slice(0, 10 - this.#files.length)) {
      try {
        this.#files.push(await this.actions.upload(file));
      } catch (refusal) {
        this.problem(refusal);
      }
    }
    this.#drawFiles();
    this.text.focus();
  }

  #drawFiles() {
    this.fileRow.hidden = !this.#files.length;
    this.fileRow.replaceChildren(
      ...this.#files.map((file) =>
        el("li", { class: "file-chip" },
          isPicture(file) ? el("img", { src: file.url, alt: "" }) : icon("file"),
          el("span", {}, `${file.filename} · ${bytes(file.size)}`),
          el("button", { class: "icon-button", type: "button", "aria-label": t("remove-file", { name: file.filename }), onclick: () => { this.#files = this.#files.filter((f) => f !== file); this.#drawFiles(); } }, icon("trash")))),
    );
  }

  #dropFiles() {
    this.#files = [];
    this.#drawFiles();
  }

  // Sending

  #submit() {
    return this.#command ? this.#submitCommand() : this.#submitText();
  }

  async #submitText() {
    const content = this.text.value.trim();
    if (!content && !this.#files.length) return;
    const files = this.#files.map((f) => f.id);
    try {
      await this.actions.say(content, files, this.#reply?.id);
      this.text.value = "";
      this.text.style.height = "auto";
      this.#reply = null;
      this.#drawReply();
      this.#dropFiles();
    } catch (refusal) {
      this.problem(refusal);
    }
  }

  async #submitCommand() {
    const values = {};
    for (const option of this.#options) {
      const { value, problem } = option.read();
      if (problem) {
        option.focusable.focus();
        option.invalid(true);
        this.problem(`${localised(option.spec, "name")}: ${problem}`);
        return;
      }
      if (value !== undefined) values[option.spec.name] = value;
    }
    const { path, label } = this.#command;
    try {
      await this.actions.slash(path, values, label);
      this.#cancel();
      this.text.focus();
    } catch (refusal) {
      this.problem(refusal);
    }
  }

  // The panel above the line: commands, suggestions, help.

  #openPanel(owner, ...children) {
    this.panel.replaceChildren(...children.filter(Boolean));
    this.panel.hidden = false;
    if (owner.getAttribute("role") === "combobox") owner.setAttribute("aria-expanded", "true");
  }

  #closePanel() {
    this.panel.hidden = true;
    this.panel.replaceChildren();
    for (const node of this.#root.querySelectorAll("[role=combobox]")) node.setAttribute("aria-expanded", "false");
    for (const node of this.#root.querySelectorAll("[aria-activedescendant]")) node.removeAttribute("aria-activedescendant");
  }
}

// Every command that can be run, in the bot's own order, subcommands as entries of their own: `gallery add`.
function flatten(commands) {
  const entries = [];
  const walk = (command, node, path, label) => {
    const nested = (node.options ?? []).filter((o) => SUB_COMMANDS.includes(o.type));
    if (!nested.length) entries.push({ command, leaf: node, path, label, specs: node.options ?? [] });
    for (const child of nested) walk(command, child, `${path} ${child.name}`, `${label} ${localised(child, "name")}`);
  };
  for (const command of commands.filter((c) => c.type === 1)) walk(command, command, command.name, localised(command, "name"));
  return entries;
}
