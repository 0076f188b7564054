// Input blocks of modals: one field each, its error below, and its value as the town takes it.

import { el } from "./dom.js";
import { cast, plain, textObject } from "./text.js";

const NATIVE = {
  plain_text_input: ["text", "initial_value"],
  email_text_input: ["email", "initial_value"],
  url_text_input: ["url", "initial_value"],
  number_input: ["number", "initial_value"],
  datepicker: ["date", "initial_date"],
  timepicker: ["time", "initial_time"],
};

export function input(block, { errors = {} } = {}) {
  const id = `in-${block.element.action_id}`;
  const error = errors[block.block_id];
  const describedBy = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ");
  const grouped = ["radio_buttons", "checkboxes", "multi_static_select"].includes(block.element.type);
  const label = [textObject(block.label), block.optional && el("span", { class: "optional" }, " (optional)")];
  const node = field(block.element, id, { describedBy, invalid: Boolean(error) });
  return el(grouped ? "fieldset" : "div", { class: error ? "field bad" : "field", "data-block": block.block_id },
    grouped ? el("legend", {}, label) : el("label", { for: id }, label),
    node,
    error && el("p", { class: "error", id: `${id}-error`, role: "alert" }, `⚠ ${error}`),
    block.hint && el("p", { class: "hint", id: `${id}-hint` }, textObject(block.hint)));
}

function field(element, id, { describedBy, invalid }) {
  const common = {
    id, name: element.action_id, "data-action": element.action_id, "data-kind": element.type,
    "aria-describedby": describedBy || null, "aria-invalid": invalid ? "true" : null,
    placeholder: element.placeholder ? plain(element.placeholder.text) : null,
    autofocus: element.focus_on_load,
  };
  if (element.type === "plain_text_input" && element.multiline) {
    return el("textarea", { ...common, rows: 4, maxlength: element.max_length }, element.initial_value ?? "");
  }
  if (element.type in NATIVE) {
    const [type, initial] = NATIVE[element.type];
    return el("input", {
      ...common, type, value: element[initial] ?? "", maxlength: element.max_length,
      min: element.min_value, max: element.max_value, step: element.is_decimal_allowed ? "any" : null,
    });
  }
  if (element.type === "datetimepicker") return el("input", { ...common, type: "datetime-local", value: local(element.initial_date_time) });
  if (element.type === "static_select") return dropdown(element, common);
  if (element.type.endsWith("_select") && !element.type.startsWith("multi")) return picker(element, common);
  return choices(element, common);
}

const optionsOf = (element) => [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];

function dropdown(element, common) {
  const chosen = element.initial_option?.value;
  return el("select", common,
    el("option", { value: "" }, plain(element.placeholder?.text ?? "Choose…")),
    optionsOf(element).map((option) => el("option", { value: option.value, selected: option.value === chosen }, plain(option.text.text))));
}

function picker(element, common) {
  const people = element.type === "users_select";
  const entries = people ? cast.people.map((person) => [person.id, person.real_name]) : Object.entries(cast.channels).map(([id, name]) => [id, `#${name}`]);
  const chosen = element.initial_user ?? element.initial_channel ?? element.initial_conversation;
  return el("select", common, el("option", { value: "" }, "Choose…"),
    entries.map(([id, name]) => el("option", { value: id, selected: id === chosen }, name)));
}

function choices(element, common) {
  const type = element.type === "radio_buttons" ? "radio" : "checkbox";
  const chosen = new Set([element.initial_option, ...(element.initial_options ?? [])].filter(Boolean).map((option) => option.value));
  return el("div", { class: "choices", "data-action": element.action_id, "data-kind": element.type, "aria-describedby": common["aria-describedby"] },
    optionsOf(element).map((option) => el("label", {},
      el("input", { type, name: element.action_id, value: option.value, checked: chosen.has(option.value) }),
      el("span", {}, textObject(option.text), option.description && el("small", {}, textObject(option.description))))));
}

function local(seconds) {
  return seconds ? new Date(seconds * 1000).toISOString().slice(0, 16) : "";
}

// All values below `root`, by action id.
export function values(root) {
  const found = {};
  for (const node of root.querySelectorAll("[data-action][data-kind]")) {
    const kind = node.dataset.kind;
    if (node.classList.contains("choices")) {
      const checked = [...node.querySelectorAll("input:checked")].map((box) => box.value);
      found[node.dataset.action] = kind === "radio_buttons" ? (checked[0] ?? "") : checked;
    } else if (kind === "datetimepicker") {
      if (node.value) found[node.dataset.action] = Math.floor(new Date(`${node.value}Z`).getTime() / 1000);
    } else found[node.dataset.action] = node.value;
  }
  return found;
}
