// The form that a bot opens: text fields, selects, radios, checkboxes, uploads.

import { select, preselected } from "./components.js";
import { el, icon, uniqueId } from "./dom.js";
import { markdown } from "./markdown.js";
import { bytes } from "./media.js";
import { t } from "./strings.js";

// send(values) resolves when the bot took it, rejects with words to show; upload(file) -> attachment
export function openModal(modal, { app, send, upload, context }) {
  const fields = modal.components.map((component) => field(component, { upload, context }));
  const failure = el("p", { class: "modal-failure", role: "alert" });
  const submit = el("button", { class: "button primary", type: "submit" }, t("submit"));
  const title = el("h2", { id: uniqueId("modal-title") }, modal.title);
  const form = el(
    "form",
    { class: "modal-form", novalidate: true, method: "dialog" },
    el("header", { class: "modal-head" }, title,
      el("button", { class: "icon-button", type: "button", "aria-label": t("close"), onclick: () => dialog.close() }, icon("close"))),
    el("p", { class: "modal-app" }, t("modal-goes-to", { app })),
    el("div", { class: "modal-fields" }, fields.map((f) => f.node)),
    failure,
    el("footer", { class: "modal-foot" },
      el("button", { class: "button plain", type: "button", onclick: () => dialog.close() }, t("cancel")), submit),
  );
  const dialog = el("dialog", { class: "modal", "aria-labelledby": title.id, onclose: () => dialog.remove() }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failure.textContent = "";
    const wrong = fields.map((f) => f.check()).filter(Boolean);
    if (wrong.length) return wrong[0].focus();
    submit.disabled = true;
    try {
      await send(Object.assign({}, ...fields.map((f) => f.values())));
      dialog.close();
    } catch (refusal) {
      failure.textContent = refusal.message;
      submit.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector(".modal-fields :is(input, textarea, button)")?.focus();
}

function field(component, tools) {
  if (component.type === 10) return { node: markdown(component.content, tools.context), check: () => null, values: () => ({}) };
  const inner = component.type === 18 ? component.component : component.components[0];
  const label = component.type === 18 ? component.label : inner.label;
  const control = CONTROLS[inner.type](inner, tools);
  const id = uniqueId("field");
  const problem = el("p", { class: "field-problem", id: `${id}-problem`, role: "alert" });
  const required = inner.required !== false && inner.type !== 23;
  const hint = component.description && el("p", { class: "field-hint", id: `${id}-hint` }, component.description);
  control.focus.id = id;
  control.focus.setAttribute("aria-describedby", `${id}-problem${hint ? ` ${id}-hint` : ""}`);
  const head = el(control.group ? "span" : "label", { class: "field-label", for: control.group ? undefined : id, id: `${id}-label` },
    label, required && el("span", { class: "required", title: t("required") }, " *"));
  if (control.group) control.node.setAttribute("aria-labelledby", `${id}-label`);
  const check = () => {
    const value = control.value();
    const empty = value === "" || value === null || (Array.isArray(value) && !value.length);
    const words = required && empty ? t("field-required") : (control.problem?.(value) ?? "");
    problem.textContent = words;
    control.focus.setAttribute("aria-invalid", String(Boolean(words)));
    return words ? control.focus : null;
  };
  return { node: el("div", { class: "field" }, head, hint, control.node, problem), check, values: () => ({ [inner.custom_id]: control.value() }) };
}

const CONTROLS = { 3: choice, 5: choice, 6: choice, 7: choice, 8: choice, 4: textInput, 19: fileUpload, 21: radios, 22: checkboxes, 23: checkbox };

function textInput(component) {
  const long = component.style === 2;
  const least = component.min_length ?? 0;
  const most = component.max_length ?? 4000;
  const input = el(long ? "textarea" : "input", { class: "text-field", placeholder: component.placeholder, maxlength: most, rows: long ? 4 : undefined, value: component.value ?? "" });
  const left = el("span", { class: "field-count", "aria-hidden": "true" });
  const count = () => (left.textContent = String(most - input.value.length));
  input.addEventListener("input", count);
  count();
  const problem = (value) => (value && value.length < least ? t("field-too-short", { least }) : null);
  return { node: el("div", { class: "text-box" }, input, left), focus: input, value: () => input.value, problem };
}

function choice(component, { context }) {
  let chosen = preselected(component);
  const node = select(component, () => {}, context, { onChange: (values) => (chosen = values) });
  return { node, focus: node.querySelector("button"), value: () => chosen };
}

function radios(component) {
  const name = uniqueId("radio");
  const inputs = component.options.map((o) => el("input", { type: "radio", name, value: o.value, checked: Boolean(o.default) }));
  const node = el("div", { class: "choices", role: "radiogroup" }, component.options.map((o, i) => choiceLabel(o, inputs[i])));
  return { node, group: true, focus: inputs[0], value: () => inputs.find((i) => i.checked)?.value ?? null };
}

function checkboxes(component) {
  const inputs = component.options.map((o) => el("input", { type: "checkbox", value: o.value, checked: Boolean(o.default) }));
  const node = el("div", { class: "choices", role: "group" }, component.options.map((o, i) => choiceLabel(o, inputs[i])));
  return { node, group: true, focus: inputs[0], value: () => inputs.filter((i) => i.checked).map((i) => i.value) };
}

function checkbox(component) {
  const input = el("input", { type: "checkbox", checked: Boolean(component.default) });
  return { node: el("div", { class: "choices" }, input), focus: input, value: () => input.checked };
}

function choiceLabel(option, input) {
  return el("label", { class: "choice" }, input, el("span", {}, option.label, option.description && el("small", {}, option.description)));
}

function fileUpload(component, { upload }) {
  const most = component.max_values ?? 1;
  let held = [];
  const names = el("ul", { class: "upload-names" });
  const input = el("input", { type: "file", multiple: most > 1 });
  const draw = () => names.replaceChildren(...held.map((a) => el("li", {}, `${a.filename} (${bytes(a.size)})`)));
  input.addEventListener("change", async () => {
    held = await Promise.all([...input.files].slice(0, most).map(upload));
    draw();
  });
  return { node: el("div", { class: "upload-field" }, input, names), focus: input, value: () => held.map((a) => a.id) };
}
