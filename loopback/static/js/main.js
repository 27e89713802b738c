// The page: who is here, which channel is open, and what each click asks of the server.

import { Composer } from "./composer.js";
import { avatar, byId, el, icon } from "./dom.js";
import { openMenu } from "./menus.js";
import { Log } from "./messages.js";
import { openModal } from "./modal.js";
import { Socket } from "./socket.js";
import { LOCALES, announce, localised, speak, t } from "./strings.js";

const token = new URLSearchParams(location.search).get("token") ?? "";
const state = { me: null, bot: null, users: new Map(), places: [], place: null, channel: null, commands: [], unread: new Set(), mayDelete: false };
const modals = new Map(); // interaction id -> function that opens its modal
const submitted = new Map(); // interaction id of a submitted modal -> {resolve, reject}

// What drawing needs to know about the world.
const context = {
  bot: () => state.bot,
  me: () => state.users.get(state.me),
  user: (id) => (id === state.bot.id ? state.bot : state.users.get(id)),
  userName: (id) => context.user(id)?.name ?? t("unknown-user"),
  roleName: (id) => context.roles().find((r) => r.id === id)?.name ?? t("unknown-role"),
  channelName: (id) => state.places.flatMap((p) => p.channels).find((c) => c.id === id)?.name ?? t("unknown-channel"),
  members: () => [...state.place.members.map((id) => state.users.get(id)).filter(Boolean), ...(state.place.has_bot ? [state.bot] : [])],
  roles: () => state.place.roles.filter((r) => r.id !== state.place.id),
  channels: () => state.place.channels,
  useCommand: (path) => composer.useCommand(path),
};

const socket = new Socket(token, { onEvent: hear, onOpen: start, onClose: lost });
const log = new Log(context, { use, menu: messageMenu, userMenu, dismiss: remove, reply: (message) => composer.replyTo(message) });
const composer = new Composer(context, {
  upload: (file) => socket.upload(state.channel.id, file),
  explain,
  say: (content, attachments, reply_to) => at("say", { content, attachments, reply_to }),
  autocomplete: (path, option, typed, values) => at("autocomplete", { path, option, typed, values }),
  slash: async (path, values, label) => {
    const { interaction } = await at("slash", { path, values });
    log.sending(interaction, { path, label: `/${label}` });
  },
});

const at = (what, params) => socket.request(what, { channel: state.channel.id, ...params });

// Beginning

async function boot() {
  theme(localStorage.theme ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark"));
  byId("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  byId("me").addEventListener("click", chooseUser);
  byId("language").addEventListener("click", chooseLanguage);
  byId("open-sidebar").addEventListener("click", () => sidebar(true));
  byId("scrim").addEventListener("click", () => sidebar(false));
  byId("toggle-members").addEventListener("click", () => members(byId("toggle-members").getAttribute("aria-pressed") !== "true"));
  document.addEventListener("keydown", (event) => event.key === "Escape" && sidebar(false));
  document.addEventListener("keydown", typeAnywhere);
  dropping();
  const wide = matchMedia("(min-width: 1100px)");
  wide.addEventListener("change", () => members(wide.matches));
  members(wide.matches);
  await speak(navigator.language);
  if (!token) return gate(t("gate-no-token"));
  gate(t("connecting"));
  socket.connect();
}

async function start() {
  take(await socket.request("hello"));
  const wanted = sessionStorage.person && state.users.has(sessionStorage.person) ? sessionStorage.person : state.me;
  await be(wanted);
  gate(null);
  byId("app").hidden = false;
  composer.focus();
}

function lost(opened) {
  gate(opened ? t("reconnecting") : t("gate-refused"));
  setTimeout(() => socket.connect(), 2000);
}

function gate(words) {
  byId("gate").textContent = words ?? "";
  byId("gate").hidden = !words;
}

function take(hello) {
  state.bot = hello.bot;
  state.users = new Map(hello.users.map((user) => [user.id, user]));
  state.me = hello.me;
  state.places = hello.places;
}

async function be(user, locale) {
  take(await socket.request("be", { user, locale }));
  sessionStorage.person = user;
  await speak(context.me().locale);
  const all = state.places.flatMap((place) => place.channels.map((channel) => ({ place, channel })));
  const same = all.find(({ channel }) => channel.id === state.channel?.id);
  const { place, channel } = same ?? all[0];
  await open(place, channel);
  drawMe();
}

async function open(place, channel) {
  state.place = place;
  state.channel = channel;
  const { messages, commands, may_write, may_delete } = await socket.request("open", { channel: channel.id });
  state.commands = commands;
  state.mayDelete = may_delete;
  state.unread.delete(channel.id);
  drawPlaces();
  drawHead();
  drawMembers();
  log.fill(messages);
  composer.prepare({ channelLabel: channel.dm ? `@${channel.name}` : `#${channel.name}`, mayWrite: may_write, commands });
  sidebar(false);
}

// Hearing

function hear(news) {
  if (news.event === "message") {
    if (news.channel !== state.channel?.id) return unread(news);
    if (news.message.author.id === state.bot.id) byId("typing").textContent = "";
    log.put(news.message);
  } else if (news.event === "deleted") log.remove(news.id);
  else if (news.event === "interaction") heardInteraction(news);
  else if (news.event === "typing") typing(news);
  else if (news.event === "commands") refreshCommands();
  else if (news.event === "bot") {
    state.bot.online = news.online;
    drawMembers();
    drawHead();
  }
}

function heardInteraction(news) {
  if ("choices" in news) return composer.heard(news);
  log.heard(news);
  const waiting = submitted.get(news.id);
  if (waiting && (news.acknowledged || news.failed)) {
    submitted.delete(news.id);
    if (news.failed) waiting.reject(new Error(t("something-went-wrong")));
    else waiting.resolve();
  }
  if (news.modal && !modals.has(news.id)) {
    modals.set(news.id, true);
    showModal(news.id, news.modal);
  }
}

function unread(news) {
  const known = state.places.flatMap((p) => p.channels).some((c) => c.id === news.channel);
  if (!known || state.unread.has(news.channel)) return;
  state.unread.add(news.channel);
  drawPlaces();
}

let typingEnds = 0;

function typing(news) {
  if (news.channel !== state.channel?.id) return;
  byId("typing").textContent = t("is-typing", { bot: state.bot.name });
  clearTimeout(typingEnds);
  typingEnds = setTimeout(() => (byId("typing").textContent = ""), 9000);
}

async function refreshCommands() {
  if (!state.channel) return;
  state.commands = await socket.request("commands", { channel: state.channel.id });
  composer.updateCommands(state.commands);
}

// Acting

async function use(message, component, values) {
  try {
    const { interaction } = await at("press", { message: message.id, custom_id: component.custom_id, values });
    log.pressed(interaction, message.id, component.custom_id);
  } catch (refusal) {
    composer.problem(refusal);
  }
}

async function remove(message) {
  try {
    await at("delete", { message: message.id });
  } catch (refusal) {
    composer.problem(refusal);
  }
}

function showModal(interaction, modal) {
  openModal(modal, {
    app: state.bot.name,
    context,
    upload: (file) => socket.upload(state.channel.id, file),
    send: async (values) => {
      let sent;
      try {
        sent = await at("submit", { interaction, values });
      } catch (refusal) {
        throw new Error(explain(refusal));
      }
      // Its answer may have come before this line: then nothing is left to wait for.
      await new Promise((resolve, reject) => {
        submitted.set(sent.interaction, { resolve, reject });
        setTimeout(resolve, 4000);
      });
    },
  });
}

function explain(refusal) {
  const key = `refused-${refusal.reason}`;
  try {
    return t(key, { detail: refusal.detail });
  } catch {
    return t("refused-other", { detail: refusal.detail || refusal.reason });
  }
}

// Menus

function messageMenu(message, { anchor, x, y }) {
  const run = (command) => async () => {
    try {
      const { interaction } = await at("message_menu", { message: message.id, name: command.name });
      log.sending(interaction, { label: localised(command, "name") });
    } catch (refusal) {
      composer.problem(refusal);
    }
  };
  const apps = state.commands.filter((c) => c.type === 3).map((c) => ({ label: localised(c, "name"), icon: "app", act: run(c) }));
  const mine = message.author.id === state.me || state.mayDelete;
  const entries = [];
  if (!message.drawn.ephemeral) entries.push({ label: t("reply"), icon: "reply", act: () => composer.replyTo(message) });
  if (message.content) entries.push({ label: t("copy-text"), act: () => navigator.clipboard.writeText(message.content) });
  entries.push({ label: t("copy-id"), act: () => navigator.clipboard.writeText(message.id) });
  if (apps.length) entries.push("line", { heading: t("apps") }, ...apps);
  if (message.drawn.ephemeral) entries.push("line", { label: t("dismiss"), icon: "close", act: () => remove(message) });
  else if (mine) entries.push("line", { label: t("delete-message"), icon: "trash", danger: true, act: () => remove(message) });
  openMenu(anchor, entries, { x, y, label: t("message-menu") });
}

function userMenu(user, anchor) {
  const run = (command) => async () => {
    try {
      const { interaction } = await at("user_menu", { target: user.id, name: command.name });
      log.sending(interaction, { label: localised(command, "name") });
    } catch (refusal) {
      composer.problem(refusal);
    }
  };
  const apps = state.commands.filter((c) => c.type === 2).map((c) => ({ label: localised(c, "name"), icon: "app", act: run(c) }));
  const entries = [{ label: t("copy-id"), act: () => navigator.clipboard.writeText(user.id) }];
  if (apps.length) entries.push("line", { heading: t("apps") }, ...apps);
  openMenu(anchor, entries, { label: user.name });
}

function chooseUser() {
  const entries = [...state.users.values()].map((user) => ({
    label: user.name,
    hint: `${user.manager ? t("manager") : t("member")} · ${LOCALES[user.locale] ?? user.locale}`,
    picture: avatar(user, "avatar small"),
    checked: user.id === state.me,
    act: () => be(user.id),
  }));
  openMenu(byId("me"), [{ heading: t("switch-user") }, ...entries], { label: t("switch-user") });
}

function chooseLanguage() {
  const entries = Object.entries(LOCALES).map(([code, label]) => ({ label, checked: code === context.me().locale, act: () => be(state.me, code) }));
  openMenu(byId("language"), entries, { label: t("language") });
}

// Drawing what surrounds the log

function drawMe() {
  const me = context.me();
  byId("me").replaceChildren(avatar(me, "avatar small"), el("span", { class: "me-text" }, el("b", {}, me.name), el("small", {}, me.manager ? t("manager") : t("member"))));
  byId("me").setAttribute("aria-label", t("you-are", { name: me.name }));
}

function drawPlaces() {
  const rail = state.places.map((place) => {
    const isDm = place.id === "dm";
    const label = isDm ? t("direct-messages") : place.name;
    const face = isDm ? icon("at") : [...place.name].filter((c, i, all) => i === 0 || all[i - 1] === " ").slice(0, 2).join("");
    const isUnread = place.channels.some((c) => state.unread.has(c.id));
    return el("button", { class: isUnread ? "server unread" : "server", type: "button", "aria-label": label, title: label, "aria-current": place === state.place ? "true" : undefined, onclick: () => open(place, place.channels[0]) }, face);
  });
  byId("rail").replaceChildren(rail.at(-1), el("div", { class: "rail-line" }), ...rail.slice(0, -1));
  byId("place-name").textContent = state.place.name || t("direct-messages");
  byId("channels").replaceChildren(
    el("ul", {}, state.place.channels.map((channel) =>
      el("li", {}, el("button", {
        class: state.unread.has(channel.id) ? "channel unread" : "channel",
        type: "button",
        "aria-current": channel.id === state.channel.id ? "page" : undefined,
        onclick: () => open(state.place, channel),
      }, channel.dm ? avatar(state.bot, "avatar small") : icon("hash"), el("span", {}, channel.name), channel.nsfw && el("span", { class: "age" }, "18+"))))),
  );
}

function drawHead() {
  const { channel } = state;
  byId("channel-name").textContent = channel.name;
  byId("channel-icon").firstElementChild.setAttribute("href", channel.dm ? "#i-at" : "#i-hash");
  byId("channel-topic").textContent = channel.topic ?? "";
  document.title = `${channel.dm ? "@" : "#"}${channel.name} | ${state.place.name || t("direct-messages")}`;
  byId("welcome").replaceChildren(
    channel.dm ? avatar(state.bot, "avatar huge") : el("div", { class: "welcome-icon" }, icon("hash")),
    el("h3", {}, channel.dm ? channel.name : t("welcome", { channel: channel.name })),
    el("p", {}, t("welcome-hint", { bot: state.bot.name })),
    ...(state.bot.online ? [] : [el("p", { class: "offline" }, t("bot-offline", { bot: state.bot.name }))]),
  );
}

function drawMembers() {
  if (!state.place) return;
  const row = (user, online) => el("li", { class: online ? "member" : "member away" }, avatar(user, "avatar small"), el("span", {}, user.name), user.bot && el("span", { class: "badge" }, t("app-badge")));
  const people = state.place.members.map((id) => state.users.get(id)).filter(Boolean);
  byId("members").replaceChildren(
    el("h3", {}, t("members-count", { count: people.length })),
    el("ul", {}, people.map((user) => row(user, true))),
    ...(state.place.has_bot ? [el("h3", {}, state.bot.online ? t("online") : t("offline")), el("ul", {}, row(state.bot, state.bot.online))] : []),
  );
}

function theme(name) {
  document.documentElement.dataset.theme = name;
  localStorage.theme = name;
  byId("theme").replaceChildren(icon(name === "dark" ? "sun" : "moon"));
}

function sidebar(isOpen) {
  document.body.classList.toggle("sidebar-open", isOpen);
  byId("scrim").hidden = !isOpen;
  byId("open-sidebar").setAttribute("aria-expanded", String(isOpen));
}

function members(shown) {
  byId("members").hidden = !shown;
  byId("toggle-members").setAttribute("aria-pressed", String(shown));
}

// A letter typed where nothing takes letters goes to the composer.
function typeAnywhere(event) {
  const busy = document.activeElement.closest("input, textarea, [role=menu], dialog, select");
  if (busy || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
  composer.focus();
}

function dropping() {
  const stage = byId("conversation");
  let depth = 0;
  const show = (isOver) => stage.classList.toggle("dropping", isOver);
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  stage.addEventListener("dragenter", (event) => hasFiles(event) && show(++depth > 0));
  stage.addEventListener("dragleave", (event) => hasFiles(event) && show(--depth > 0));
  stage.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  stage.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    composer.takeFiles(event.dataTransfer.files);
    announce(t("uploading"));
  });
  document.addEventListener("paste", (event) => {
    if (event.defaultPrevented || !event.clipboardData.files.length || document.activeElement.closest("dialog")) return;
    event.preventDefault();
    composer.takeFiles(event.clipboardData.files);
  });
}

boot();
