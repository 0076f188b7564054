// Block Kit as nodes. `act(element, block, value)` is called when a person clicks or chooses.

import { el, safeLink } from "./dom.js";
import { chart } from "./chart.js";
import { input } from "./inputs.js";
import { inline, markdown, plain, textObject, userName } from "./text.js";

export function blocks(list, act, options = {}) {
  return (list ?? []).map((block) => {
    const node = (RENDER[block.type] ?? unknown)(block, act, options);
    node.classList.add("block", `b-${block.type}`);
    return node;
  });
}

const RENDER = {
  header: (block) => el("h3", {}, textObject(block.text)),
  divider: () => el("hr"),
  section,
  context: (block) => el("div", {}, (block.elements ?? []).map((item) =>
    item.type === "image" ? image(item) : el("span", {}, textObject(item)))),
  actions: (block, act) => el("div", {}, block.elements.map((item) => element(item, block, act))),
  image: (block) => el("figure", {}, block.title && el("figcaption", {}, textObject(block.title)), image(block)),
  markdown: (block) => el("div", {}, markdown(block.text)),
  rich_text: (block) => el("div", {}, (block.elements ?? []).map(rich)),
  data_visualization: chart,
  table: (block) => table(block.rows, block.column_settings),
  data_table: dataTable,
  input: (block, act, options) => input(block, options),
  alert: (block) => el("div", { class: `alert ${block.level ?? "default"}` }, textObject(block.text)),
};

function unknown(block) {
  return el("div", { class: "unknown" }, `[${block.type}]`);
}

function section(block, act) {
  return el("div", {},
    el("div", { class: "words" },
      block.text && el("div", {}, textObject(block.text)),
      block.fields && el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, textObject(field))))),
    block.accessory && el("div", { class: "accessory" }, element(block.accessory, block, act)));
}

function image(item) {
  const link = safeLink(item.image_url ?? "");
  return link ? el("img", { src: link, alt: item.alt_text ?? "", loading: "lazy" }) : el("span", { class: "unknown" }, item.alt_text);
}

function element(item, block, act) {
  if (item.type === "image") return image(item);
  if (item.type === "button") return button(item, block, act);
  return select(item, block, act);
}

function button(item, block, act) {
  const node = el("button", {
    type: "button", class: `btn ${item.style ?? ""}`, "aria-label": item.accessibility_label, "data-action": item.action_id,
    onclick: () => {
      const link = item.url && safeLink(item.url);
      if (link) window.open(link, "_blank", "noopener");
      act(item, block, undefined, node);
    },
  }, textObject(item.text));
  return node;
}

function select(item, block, act) {
  const options = [...(item.options ?? []), ...(item.option_groups ?? []).flatMap((group) => group.options)];
  const chosen = item.initial_option?.value ?? "";
  const node = el("select", {
    class: "btn", "aria-label": plain(item.placeholder?.text ?? "Choose"), "data-action": item.action_id,
    onchange: () => act(item, block, node.value, node),
  },
    el("option", { value: "", disabled: true, selected: !chosen }, plain(item.placeholder?.text ?? (item.type === "overflow" ? "…" : "Choose"))),
    options.map((option) => el("option", { value: option.value, selected: option.value === chosen }, plain(option.text.text))));
  return node;
}

function rich(part) {
  switch (part.type) {
    case "rich_text_list":
      return el(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((item) => el("li", {}, rich(item))));
    case "rich_text_preformatted": return el("pre", {}, part.elements.map(rich));
    case "rich_text_quote": return el("blockquote", {}, part.elements.map(rich));
    case "text": return styled(part);
    case "link": return inline(`<${part.url}${part.text ? `|${part.text}` : ""}>`)[0];
    case "emoji": return el("span", { class: "emoji" }, plain(`:${part.name}:`));
    case "user": return el("span", { class: "mention" }, `@${userName(part.user_id)}`);
    case "channel": return inline(`<#${part.channel_id}>`)[0];
    default: return el("div", {}, (part.elements ?? []).map(rich));
  }
}

function styled(part) {
  let node = el("span", {}, part.text.split("\n").flatMap((row, i) => (i ? [el("br"), row] : [row])));
  for (const [style, tag] of [["bold", "b"], ["italic", "i"], ["strike", "s"], ["code", "code"]]) {
    if (part.style?.[style]) node = el(tag, {}, node);
  }
  return node;
}

function cell(item) {
  if (!item) return "";
  return item.type === "rich_text" ? el("div", {}, item.elements.map(rich)) : plain(item.text ?? String(item.value));
}

function table(rows, settings = [], caption = null) {
  const align = (item, index) => {
    const wanted = settings[index]?.align ?? (item?.type === "raw_number" ? "right" : "left");
    return { class: `to-${wanted}` };
  };
  const [head, ...body] = rows;
  return el("div", { class: "scroll" }, el("table", {},
    caption && el("caption", {}, plain(caption)),
    el("thead", {}, el("tr", {}, head.map((item, i) => el("th", align(body[0]?.[i], i), cell(item))))),
    el("tbody", {}, body.map((row) => el("tr", {}, row.map((item, i) => el("td", align(item, i), cell(item))))))));
}

function dataTable(block) {
  const [head, ...body] = block.rows;
  const size = block.page_size ?? 5;
  const pages = Math.ceil(body.length / size);
  let page = 0;
  const holder = el("div", {});
  const draw = () => {
    const part = body.slice(page * size, (page + 1) * size);
    const pager = pages > 1 && el("div", { class: "pager" },
      el("button", { type: "button", class: "btn", disabled: page === 0, onclick: () => { page -= 1; draw(); } }, "‹"),
      el("span", {}, `${page * size + 1}–${page * size + part.length} of ${body.length}`),
      el("button", { type: "button", class: "btn", disabled: page === pages - 1, onclick: () => { page += 1; draw(); } }, "›"));
    holder.replaceChildren(...[table([head, ...part], [], block.caption), pager].filter(Boolean));
  };
  draw();
  return holder;
}
