// The page: who you are, what you see, what you do. Everything else draws for it.

import { byId, el, safeLink } from "./dom.js";
import { blocks } from "./blocks.js";
import { noteTime, startClock } from "./clock.js";
import { values } from "./inputs.js";
import { cast, clock, day, mrkdwn, plain, sameDay, textObject } from "./text.js";

const state = { me: null, room: null, tab: "messages", thread: null, rooms: new Map(), messages: new Map(), unread: new Map(), home: null, view: null, seq: 0, life: 0 };

// -- talking to the town -----------------------------------------------------------------------

async function ask(path, body) {
  const options = body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ as: state.me.name, ...body }) } : {};
  const response = await fetch(path, options);
  const answer = await response.json();
  if (answer.now) noteTime(answer.now);
  return answer;
}

async function act(path, body) {
  try {
    const answer = await ask(path, body);
    if (!answer.ok && answer.error) toast(answer.error);
    return answer;
  } catch {
    toast("The sandbox does not answer.");
    return { ok: false };
  }
}

async function watch(life) {
  while (life === state.life) {
    try {
      const answer = await ask(`/town/sees?as=${state.me.name}&after=${state.seq}&wait=20`);
      if (life !== state.life) return;
      for (const item of answer.items) take(item);
      state.seq = answer.seq;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

// -- what comes in -----------------------------------------------------------------------------

function take(item) {
  const raw = item.raw;
  switch (item.kind) {
    case "view": return showModal(raw.view, raw.errors);
    case "closed": return raw.left ? undefined : showModal(null);
    case "home": state.home = raw.view; return drawHome();
    case "error": return tellError(raw);
    case "ack": return undefined;
    case "deleted": state.messages.delete(key(raw)); return drawRoom();
    default: return takeMessage({ ...raw, fresh: item.kind !== "edit" });
  }
}

const appName = () => cast.bot.name.replace(/^./, (letter) => letter.toUpperCase());
const initial = () => appName()[0];
const key = (message) => `${message.channel}/${message.ts}`;
const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;

function takeMessage(message) {
  state.messages.set(key(message), message);
  if (!state.rooms.has(message.channel)) state.rooms.set(message.channel, { id: message.channel, name: message.channel, im: message.channel.startsWith("D"), bot: true });
  const here = message.channel === state.room && state.tab === "messages";
  if (!here && message.fresh && message.user !== state.me.id) state.unread.set(message.channel, (state.unread.get(message.channel) ?? 0) + 1);
  drawSidebar();
  if (message.channel !== state.room) return;
  if (isReply(message)) {
    const parent = state.messages.get(`${message.channel}/${message.thread_ts}`);
    if (parent) place(byId("messages"), parent);
    if (state.thread === message.thread_ts) place(byId("replies"), message);
    if (!message.is_ephemeral) return;
  }
  place(byId("messages"), message);
  if (state.thread === message.ts) drawThread();
}

function tellError(raw) {
  const room = raw.channel || state.room;
  takeMessage({ user: "USLACKBOT", text: raw.text, ts: raw.ts, channel: room, is_ephemeral: true, is_error: true, fresh: true });
  if (byId("modal").open) toast(raw.text);
}

// -- messages ----------------------------------------------------------------------------------

function place(list, message) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const node = messageNode(message, list.id === "replies");
  const old = list.querySelector(`[data-ts="${CSS.escape(message.ts)}"]`);
  if (old) old.replaceWith(node);
  else {
    const after = [...list.querySelectorAll("[data-ts]")].find((other) => other.dataset.ts > message.ts);
    list.querySelector(".empty")?.remove();
    if (after) after.before(node);
    else list.append(...dayLine(list, message), node);
  }
  if (atEnd) list.scrollTop = list.scrollHeight;
}

const moment = (message) => new Date(Number(message.ts) * 1000);

function dayLine(list, message) {
  const last = [...list.querySelectorAll("[data-ts]")].at(-1);
  if (last && sameDay(new Date(Number(last.dataset.ts) * 1000), moment(message))) return [];
  return [el("div", { class: "day" }, el("span", {}, day(moment(message))))];
}

function messageNode(message, inThread = false) {
  const app = message.user === cast.bot.id;
  const person = cast.people.find((one) => one.id === message.user);
  const name = app ? cast.bot.name : person?.real_name ?? "Slackbot";
  const mine = (element, block, value, node) => clicked(message, element, block, value, node);
  return el("article", { class: `message${message.is_ephemeral ? " ephemeral" : ""}${message.is_error ? " failed" : ""}`, "data-ts": message.ts },
    avatar(message.user, name),
    el("div", { class: "body" },
      message.is_ephemeral && el("div", { class: "only" }, "Only visible to you"),
      el("div", { class: "byline" },
        el("b", {}, app ? appName() : name), app && el("span", { class: "badge" }, "APP"),
        el("time", { title: moment(message).toISOString() }, clock(moment(message)))),
      content(message, mine),
      !inThread && threadLink(message),
      !message.is_ephemeral && cast.message_shortcuts.map((name) => el("button", {
        type: "button", class: "start-thread", onclick: () => act("/town/shortcut", { name, channel: message.channel, ts: message.ts }),
      }, name))));
}

function content(message, onAct) {
  const words = message.blocks?.length
    ? blocks(message.blocks, onAct)
    : message.text ? [el("div", { class: "block b-text" }, mrkdwn(message.text), message.edited && el("small", { class: "edited" }, " (edited)"))] : [];
  return el("div", { class: "content" }, words, (message.files ?? []).map(fileNode));
}

function fileNode(file) {
  return el("div", { class: "file" },
    el("a", { href: safeLink(file.url_private), target: "_blank", rel: "noopener" }, el("span", { class: "file-icon" }, file.filetype.toUpperCase().slice(0, 4)),
      el("span", {}, el("b", {}, file.title), el("small", {}, `${file.size} bytes`))),
    el("pre", {}, file.preview.split("\n").slice(0, 8).join("\n")));
}

function avatar(user, name) {
  const letter = user === cast.bot.id ? initial() : name.split(" ").map((word) => word[0]).join("").slice(0, 2);
  const tint = user === cast.bot.id ? "app" : `p${Math.max(0, cast.people.findIndex((one) => one.id === user)) % 6}`;
  return el("div", { class: `avatar ${tint}`, "aria-hidden": "true" }, letter);
}

function threadLink(message) {
  if (isReply(message)) return null;
  const replies = [...state.messages.values()].filter((other) => isReply(other) && other.channel === message.channel && other.thread_ts === message.ts);
  if (!replies.length) return message.is_ephemeral ? null : el("button", { type: "button", class: "start-thread", onclick: () => openThread(message.ts) }, "Reply in thread");
  const last = replies.reduce((one, other) => (one.ts > other.ts ? one : other));
  return el("button", { type: "button", class: "thread-link", onclick: () => openThread(message.ts) },
    el("b", {}, replies.length === 1 ? "1 reply" : `${replies.length} replies`), el("small", {}, `last at ${clock(moment(last))}`));
}

async function clicked(message, element, block, value, node) {
  if (element.confirm && !(await confirmed(element.confirm))) return;
  node.classList.add("busy");
  await act("/town/click", {
    action_id: element.action_id, block_id: block.block_id, value,
    ...(message.view ? { view_id: message.view } : { channel: message.channel, ts: message.ts }),
  });
  node.classList.remove("busy");
}

function confirmed(object) {
  const dialog = byId("confirm");
  return new Promise((resolve) => {
    const close = (answer) => () => { dialog.close(); resolve(answer); };
    dialog.replaceChildren(
      el("h2", {}, textObject(object.title)), el("div", { class: "confirm-text" }, textObject(object.text)),
      el("footer", {},
        el("button", { type: "button", class: "btn", onclick: close(false) }, textObject(object.deny)),
        el("button", { type: "button", class: `btn ${object.style ?? "primary"}`, onclick: close(true) }, textObject(object.confirm))));
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}

// -- rooms, threads, Home ----------------------------------------------------------------------

function drawRoom() {
  const list = byId("messages"), room = state.rooms.get(state.room);
  const shown = [...state.messages.values()].filter((m) => m.channel === state.room && (!isReply(m) || m.is_ephemeral || m.subtype === "thread_broadcast")).sort((a, b) => (a.ts < b.ts ? -1 : 1));
  list.replaceChildren();
  if (!shown.length) list.append(el("div", { class: "empty" }, el("h2", {}, room.im ? appName() : `# ${room.name}`), el("p", {}, emptyWords(room))));
  for (const message of shown) place(list, message);
  list.scrollTop = list.scrollHeight;
  byId("room-name").textContent = room.im ? appName() : `# ${room.name}`;
  byId("room-note").textContent = room.im || room.bot ? "" : `${appName()} was not invited here`;
  byId("line").placeholder = room.im ? `Message ${appName()}` : `Message #${room.name}`;
  byId("tabs").hidden = !room.im;
  const home = room.im && state.tab === "home";
  for (const tab of byId("tabs").children) tab.setAttribute("aria-selected", String((tab.dataset.tab === "home") === home));
  byId("home").hidden = !home;
  list.hidden = home;
  byId("composer").hidden = home;
  drawHome();
  drawThread();
}

function emptyWords(room) {
  if (room.im) return `Messages between you and ${appName()}.`;
  return room.bot ? "Nothing here yet. Type /campaign to announce one." : "Nothing here yet.";
}

function drawHome() {
  const holder = byId("home");
  const onAct = (element, block, value, node) => clicked({ view: state.home.id }, element, block, value, node);
  holder.replaceChildren(...(state.home ? blocks(state.home.blocks, onAct) : [el("div", { class: "empty" }, el("h2", {}, "Home"), el("p", {}, `${appName()} has not published anything here.`))]));
}

function openThread(ts) {
  state.thread = ts;
  drawThread();
  byId("reply-line").focus();
}

function drawThread() {
  const panel = byId("thread"), parent = state.messages.get(`${state.room}/${state.thread}`);
  panel.hidden = !parent;
  document.body.classList.toggle("with-thread", Boolean(parent));
  if (!parent) return;
  byId("thread-room").textContent = byId("room-name").textContent;
  const list = byId("replies");
  list.replaceChildren();
  place(list, parent);
  const replies = [...state.messages.values()].filter((m) => isReply(m) && m.channel === state.room && m.thread_ts === state.thread).sort((a, b) => (a.ts < b.ts ? -1 : 1));
  for (const message of replies) place(list, message);
}

function drawSidebar() {
  const entry = (room, label) => el("li", {}, el("button", {
    type: "button", class: room.id === state.room ? "here" : state.unread.get(room.id) ? "unread" : "", "data-room": room.id,
    "aria-current": room.id === state.room ? "page" : null, onclick: () => enter(room.id),
  }, label, state.unread.get(room.id) ? el("span", { class: "count" }, String(state.unread.get(room.id))) : null));
  const rooms = [...state.rooms.values()];
  byId("channels").replaceChildren(...rooms.filter((room) => !room.im).map((room) => entry(room, [el("span", { class: "hash" }, "#"), room.name])));
  byId("apps").replaceChildren(...rooms.filter((room) => room.im).map((room) => entry(room, [el("span", { class: "avatar app small" }, initial()), appName()])));
}

function enter(room) {
  if (room !== state.room) state.thread = null;
  state.room = room;
  state.tab = state.rooms.get(room).im ? "home" : "messages";
  state.unread.delete(room);
  document.body.classList.remove("menu");
  history.replaceState(null, "", `#${state.me.name}/${room}`);
  drawSidebar();
  drawRoom();
  if (state.tab === "home") act("/town/home", {});
}

// -- modals ------------------------------------------------------------------------------------

function showModal(view, errors = {}) {
  const dialog = byId("modal");
  const typed = view && state.view?.id === view.id ? values(dialog) : {};
  const same = view && state.view?.hash === view.hash;
  state.view = view;
  if (!view) return dialog.close();
  const onAct = (element, block, value, node) => clicked({ view: view.id }, element, block, value, node);
  const form = el("form", { method: "dialog", novalidate: true, onsubmit: submitModal },
    el("header", {}, el("div", { class: "avatar app small" }, initial()), el("h2", { id: "modal-title" }, textObject(view.title)),
      el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: closeModal }, "✕")),
    el("div", { class: "fields-of-view" }, blocks(view.blocks, onAct, { errors })),
    el("footer", {},
      el("button", { type: "button", class: "btn", onclick: closeModal }, view.close ? textObject(view.close) : "Cancel"),
      view.submit && el("button", { class: "btn primary", id: "submit" }, textObject(view.submit))));
  dialog.replaceChildren(form);
  if (same) restore(dialog, typed);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(".field.bad input, .field.bad select, .field.bad textarea")?.focus();
}

function restore(dialog, typed) {
  for (const node of dialog.querySelectorAll("[data-action][data-kind]")) {
    const value = typed[node.dataset.action];
    if (node.classList.contains("choices")) for (const box of node.querySelectorAll("input")) box.checked = [value].flat().includes(box.value);
    else if (value !== undefined && node.dataset.kind !== "datetimepicker") node.value = value;
  }
}

async function submitModal(event) {
  event.preventDefault();
  const button = byId("submit");
  button.classList.add("busy");
  await act("/town/submit", { values: values(event.target), view_id: state.view?.id });
  button.classList.remove("busy");
}

function closeModal() {
  const view = state.view;
  byId("modal").close();
  state.view = null;
  // Another may be opened while this is on its way.
  act("/town/close", { view_id: view?.id });
}

// -- typing ------------------------------------------------------------------------------------

async function send(box, threadTs) {
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  grow(box);
  byId("suggestions").hidden = true;
  const form = box.closest("form");
  form.classList.add("busy");
  await act("/town/say", { text, channel: state.room, thread_ts: threadTs ?? "" });
  form.classList.remove("busy");
}

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
}

function suggest() {
  const box = byId("line"), list = byId("suggestions");
  const fitting = /^\/\S*$/.test(box.value) ? cast.commands.filter((command) => command.startsWith(box.value)) : [];
  const shortcuts = box.value === "/" ? cast.shortcuts : [];
  list.hidden = !fitting.length;
  list.replaceChildren(...fitting.map((command) => el("li", {}, el("button", {
    type: "button", onclick: () => { box.value = `${command} `; list.hidden = true; box.focus(); },
  }, el("span", { class: "avatar app small" }, initial()), el("b", {}, command), el("small", {}, appName())))), ...shortcuts.map((name) => el("li", {}, el("button", {
    type: "button", onclick: () => { box.value = ""; list.hidden = true; act("/town/shortcut", { name }); },
  }, el("span", { class: "avatar app small" }, initial()), el("b", {}, name), el("small", {}, "Shortcut")))));
}

function toast(text) {
  const node = byId("toast");
  node.textContent = plain(text);
  node.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { node.hidden = true; }, 5000);
}

// -- beginning ---------------------------------------------------------------------------------

async function become(name, wantedRoom) {
  state.life += 1;
  const known = await (await fetch(`/town/state?as=${encodeURIComponent(name)}`)).json();
  if (!known.ok) return name ? become("", wantedRoom) : toast(known.error);
  Object.assign(cast, { people: known.people, bot: known.bot, channels: known.channels, usergroups: known.usergroups, commands: known.commands, shortcuts: known.shortcuts, message_shortcuts: known.message_shortcuts });
  cast.me = state.me = known.people.find((person) => person.id === known.me);
  noteTime(known.now);
  state.rooms = new Map(known.rooms.map((room) => [room.id, room]));
  state.messages = new Map(known.messages.map((message) => [key(message), message]));
  Object.assign(state, { unread: new Map(), home: known.home, view: null, thread: null, seq: known.seq });
  try { localStorage.setItem("who", state.me.name); } catch { /* private windows remember nothing */ }
  byId("company").textContent = known.company;
  byId("who").replaceChildren(...known.people.map((person) => el("option", { value: person.name, selected: person.id === known.me }, person.real_name)));
  byId("who-title").textContent = `${state.me.title} · ${state.me.zone}`;
  if (byId("modal").open) byId("modal").close();
  enter(state.rooms.has(wantedRoom) ? wantedRoom : known.rooms[0].id);
  if (known.view) showModal(known.view, known.errors);
  watch(state.life);
}

function start() {
  byId("who").addEventListener("change", (event) => become(event.target.value, state.room));
  byId("menu").addEventListener("click", () => document.body.classList.toggle("menu"));
  byId("main").addEventListener("click", (event) => { if (!event.target.closest("#menu")) document.body.classList.remove("menu"); });
  byId("thread-close").addEventListener("click", () => { state.thread = null; drawThread(); });
  byId("tabs").addEventListener("click", (event) => { state.tab = event.target.dataset.tab ?? state.tab; drawRoom(); });
  byId("modal").addEventListener("cancel", (event) => { event.preventDefault(); closeModal(); });
  for (const [form, box, thread] of [["composer", "line", () => null], ["reply", "reply-line", () => state.thread]]) {
    byId(form).addEventListener("submit", (event) => { event.preventDefault(); send(byId(box), thread()); });
    byId(box).addEventListener("input", (event) => { grow(event.target); suggest(); });
    byId(box).addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(byId(box), thread()); }
    });
  }
  startClock();
  const [first, second] = location.hash.slice(1).split("/");
  let remembered = null;
  try { remembered = localStorage.getItem("who"); } catch { /* as above */ }
  const isRoom = /^[CD][A-Z0-9]+$/.test(first);
  fetch("/page/emoji.json").then((answer) => answer.json()).then((table) => {
    cast.emoji = table;
    return become((isRoom ? remembered : first || remembered) || "", isRoom ? first : second);
  });
}

start();
