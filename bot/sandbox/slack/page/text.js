// Slack's mrkdwn as nodes: styles, links, mentions, dates in the reader's zone, emoji.
// Source: docs.slack.dev/messaging/formatting-message-text.

import { el, safeLink } from "./dom.js";

export const cast = { people: [], channels: {}, usergroups: {}, bot: {}, me: null, emoji: {}, now: () => new Date() };

const INLINE = /(```[\s\S]+?```)|(`[^`\n]+`)|<([^<>\n]+)>|:([a-z0-9_+-]+):|(?<![\w*])\*(?=\S)([^\n]+?)(?<=\S)\*(?![\w*])|(?<![\w_])_(?=\S)([^\n]+?)(?<=\S)_(?![\w_])|(?<![\w~])~(?=\S)([^\n]+?)(?<=\S)~(?![\w~])/g;

export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function plain(text) {
  return unescape(String(text ?? "").replace(/:([a-z0-9_+-]+):/g, (all, name) => cast.emoji[name] ?? all));
}

export function textObject(object) {
  if (!object) return [];
  if (typeof object === "string") return lines(object, (part) => [plain(part)]);
  return object.type === "mrkdwn" ? mrkdwn(object.text) : lines(object.text, (part) => [plain(part)]);
}

export function mrkdwn(text) {
  const nodes = [];
  let quote = [];
  const rows = String(text ?? "").split(/(```[\s\S]+?```)/).flatMap((part, index) => (index % 2 ? [part] : part.split("\n")));
  const flush = () => {
    if (quote.length) nodes.push(el("blockquote", {}, joined(quote)));
    quote = [];
  };
  rows.forEach((row, index) => {
    const quoted = row.match(/^(?:&gt;|>)\s?(.*)$/);
    if (quoted) {
      quote.push(inline(quoted[1]));
      return;
    }
    const after = quote.length > 0;
    flush();
    if (index && !after && !row.startsWith("```") && !rows[index - 1].startsWith("```")) nodes.push(el("br"));
    nodes.push(...inline(row));
  });
  flush();
  return nodes;
}

function joined(rows) {
  return rows.flatMap((row, index) => (index ? [el("br"), ...row] : row));
}

function lines(text, render) {
  return joined(String(text ?? "").split("\n").map(render));
}

export function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) nodes.push(unescape(text.slice(from, match.index)));
    nodes.push(...inlineToken(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(unescape(text.slice(from)));
  return nodes;
}

function inlineToken([all, fence, code, angle, emoji, bold, italic, strike]) {
  if (fence) return [el("pre", {}, unescape(fence.slice(3, -3).replace(/^\n/, "")))];
  if (code) return [el("code", {}, unescape(code.slice(1, -1)))];
  if (angle) return angled(angle);
  if (emoji) return [cast.emoji[emoji] ? el("span", { class: "emoji", title: all }, cast.emoji[emoji]) : all];
  if (bold) return [el("b", {}, inline(bold))];
  if (italic) return [el("i", {}, inline(italic))];
  return [el("s", {}, inline(strike))];
}

function angled(inside) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  if (target.startsWith("!date^")) return [dated(target.split("^"), label)];
  if (target.startsWith("@")) return [mention(`@${userName(target.slice(1))}`, target.slice(1) === cast.me?.id)];
  if (target.startsWith("#")) return [mention(`#${cast.channels[target.slice(1)] ?? (label || target.slice(1))}`)];
  if (target.startsWith("!subteam^")) return [mention(`@${cast.usergroups[target.split("^")[1]] ?? label}`)];
  if (target.startsWith("!")) return [mention(`@${target.slice(1)}`, true)];
  if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return [`<${unescape(inside)}>`];
  const link = safeLink(unescape(target));
  const words = label || unescape(target).replace(/^mailto:/, "");
  return [link ? el("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, words) : words];
}

function mention(words, loud = false) {
  return el("span", { class: loud ? "mention loud" : "mention" }, words);
}

export function userName(id) {
  if (id === cast.bot.id) return cast.bot.name;
  return cast.people.find((person) => person.id === id)?.name ?? id;
}

function dated(parts, fallback) {
  const moment = new Date(Number(parts[1]) * 1000);
  if (Number.isNaN(moment.getTime()) || parts.length < 3) return fallback;
  const words = parts[2].replace(/\{(\w+)\}/g, (all, token) => dateToken(token, moment) ?? all);
  const link = parts[3] && safeLink(parts[3]);
  const title = `${format(moment, { dateStyle: "full", timeStyle: "short" })} (${cast.me.zone})`;
  return link ? el("a", { href: link, title, target: "_blank", rel: "noopener noreferrer" }, words) : el("time", { title }, words);
}

function format(moment, options) {
  return new Intl.DateTimeFormat("en-US", { timeZone: cast.me.zone, hour12: !cast.me.clock24, ...options }).format(moment);
}

function dayNumber(moment) {
  const [year, month, day] = format(moment, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/").map(Number).map((n, i, all) => [all[2], all[0], all[1]][i]);
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

function ordinal(day) {
  if (day > 10 && day < 14) return `${day}th`;
  return `${day}${{ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th"}`;
}

function dateToken(token, moment) {
  const [name, pretty] = token.endsWith("_pretty") ? [token.slice(0, -7), true] : [token, false];
  const near = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[dayNumber(moment) - dayNumber(cast.now())];
  if (pretty && near) return near;
  const part = (options) => format(moment, options);
  const day = Number(part({ day: "numeric" }));
  switch (name) {
    case "date_num": return new Intl.DateTimeFormat("sv-SE", { timeZone: cast.me.zone }).format(moment);
    case "date_slash": return part({ day: "2-digit", month: "2-digit", year: "numeric" });
    case "date": return `${part({ month: "long" })} ${ordinal(day)}, ${part({ year: "numeric" })}`;
    case "date_short": return `${part({ month: "short" })} ${day}, ${part({ year: "numeric" })}`;
    case "date_long": case "date_long_full":
      return `${part({ weekday: "long" })}, ${part({ month: "long" })} ${ordinal(day)}, ${part({ year: "numeric" })}`;
    case "time": return clock(moment);
    case "time_secs": return format(moment, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    case "ago": return ago(moment);
    default: return null;
  }
}

export function clock(moment) {
  const options = { hour: cast.me.clock24 ? "2-digit" : "numeric", minute: "2-digit" };
  if (cast.me.clock24) Object.assign(options, { hour12: false, hourCycle: "h23" });
  return new Intl.DateTimeFormat("en-US", { timeZone: cast.me.zone, hour12: !cast.me.clock24, ...options }).format(moment);
}

export function day(moment) {
  const near = { "-1": "Yesterday", 0: "Today" }[dayNumber(moment) - dayNumber(cast.now())];
  return near ?? format(moment, { weekday: "long", month: "long", day: "numeric" });
}

export const sameDay = (one, other) => dayNumber(one) === dayNumber(other);

function ago(moment) {
  const minutes = Math.round((cast.now() - moment) / 60_000);
  const words = Math.abs(minutes) < 90 ? `${Math.abs(minutes)} minutes` : `${Math.round(Math.abs(minutes) / 60)} hours`;
  return minutes < 0 ? `in ${words}` : `${words} ago`;
}

// Standard Markdown, as far as the `markdown` block shows it.
export function markdown(text) {
  const nodes = [];
  let list = null;
  for (const row of String(text).split("\n")) {
    const item = row.match(/^\s*(?:[-*+]|\d+\.)\s+(.*)$/);
    if (item) {
      if (!list) nodes.push((list = el("ul")));
      list.append(el("li", {}, markdownInline(item[1])));
      continue;
    }
    list = null;
    const heading = row.match(/^(#{1,6})\s+(.*)$/);
    if (heading) nodes.push(el("h4", {}, markdownInline(heading[2])));
    else if (row.trim()) nodes.push(el("p", {}, markdownInline(row)));
  }
  return nodes;
}

function markdownInline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(/`([^`]+)`|\*\*(.+?)\*\*|\*(\S.*?)\*|\[([^\]]+)\]\(([^)\s]+)\)/g)) {
    const [all, code, bold, italic, label, url] = match;
    if (match.index > from) nodes.push(plain(text.slice(from, match.index)));
    if (code) nodes.push(el("code", {}, code));
    else if (bold) nodes.push(el("b", {}, markdownInline(bold)));
    else if (italic) nodes.push(el("i", {}, markdownInline(italic)));
    else nodes.push(safeLink(url) ? el("a", { href: safeLink(url), target: "_blank", rel: "noopener noreferrer" }, label) : label);
    from = match.index + all.length;
  }
  if (from < text.length) nodes.push(plain(text.slice(from)));
  return nodes;
}
