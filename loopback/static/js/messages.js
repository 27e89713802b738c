// The log of a channel: messages, what is being sent, what failed.

import { components } from "./components.js";
import { avatar, byId, el, icon } from "./dom.js";
import { embeds } from "./embeds.js";
import { markdown } from "./markdown.js";
import { attachments } from "./media.js";
import { announce, t } from "./strings.js";
import { format, when } from "./time.js";

const GROUP_MS = 7 * 60 * 1000;
const NEAR_PX = 120;

export class Log {
  #messages = new Map(); // id -> message
  #nodes = new Map(); // id -> element
  #pending = new Map(); // interaction id -> {node, what}
  #pressed = new Map(); // interaction id -> {message id, custom id}
  #early = new Map(); // interaction id -> news that came before the answer that names it

  // actions: use(message, component, values), menu(message, place), userMenu(user, place), dismiss(message)
  constructor(context, actions) {
    this.context = context;
    this.actions = actions;
    this.list = byId("log");
    this.scroller = byId("scroller");
    this.jump = byId("jump");
    this.jump.addEventListener("click", () => this.toBottom());
    this.scroller.addEventListener("scroll", () => this.near() && (this.jump.hidden = true));
    new ResizeObserver(() => this.stuck && this.toBottom()).observe(this.list);
    this.scroller.addEventListener("scroll", () => (this.stuck = this.near()));
    this.stuck = true;
  }

  fill(messages) {
    this.#messages.clear();
    this.#nodes.clear();
    this.#pending.clear();
    this.list.replaceChildren();
    for (const message of messages) this.#set(message);
    this.#group();
    this.toBottom();
  }

  redraw() {
    for (const message of this.#messages.values()) this.#set(message);
    this.#group();
  }

  put(message) {
    const isNew = !this.#messages.has(message.id);
    const wasNear = this.near();
    this.#set(message);
    this.#settle(message.interaction_metadata?.id);
    this.#group();
    if (wasNear) this.toBottom();
    else if (isNew) this.jump.hidden = false;
  }

  remove(id) {
    this.#nodes.get(id)?.remove();
    this.#nodes.delete(id);
    this.#messages.delete(id);
    this.#group();
  }

  find(id) {
    return this.#messages.get(id);
  }

  // A command is on its way: a line of its own until the bot's message comes, or Discord gives up.
  sending(interaction, command) {
    const bot = this.context.bot();
    const line = el("p", { class: "pending-line" }, t("sending-command"));
    const node = el("li", { class: "message pending headed" },
      usedLine(this.context.me(), command, this.context),
      el("div", { class: "message-body" }, avatar(bot), el("div", { class: "message-main" }, authorLine(bot), line)));
    this.list.append(node);
    this.#pending.set(interaction, { node, line });
    this.toBottom();
    if (this.#early.has(interaction)) this.heard(this.#early.get(interaction));
    const answer = [...this.#messages.values()].some((m) => m.interaction_metadata?.id === interaction);
    if (answer) this.#settle(interaction);
  }

  // A component was used: it shows that it waits.
  pressed(interaction, messageId, customId) {
    this.#pressed.set(interaction, { messageId, customId });
    this.#wait(messageId, customId, true);
    if (this.#early.has(interaction)) this.heard(this.#early.get(interaction));
  }

  // News of an interaction of mine: it was acknowledged, or nobody answered.
  heard(news) {
    const pressed = this.#pressed.get(news.id);
    const pending = this.#pending.get(news.id);
    if (!pressed && !pending) {
      this.#early.set(news.id, news);
      if (this.#early.size > 50) this.#early.delete(this.#early.keys().next().value);
      return;
    }
    this.#early.delete(news.id);
    if (pressed) {
      this.#pressed.delete(news.id);
      this.#wait(pressed.messageId, pressed.customId, false);
      if (news.failed) this.#fail(pressed.messageId);
    }
    if (pending && news.failed) {
      pending.node.classList.add("failed");
      pending.line.replaceChildren(t("did-not-respond"));
      pending.line.after(onlyYou(() => this.#settle(news.id)));
      announce(t("did-not-respond"));
    } else if (pending && news.acknowledged) this.#settle(news.id);
  }

  #settle(interaction) {
    this.#pending.get(interaction)?.node.remove();
    this.#pending.delete(interaction);
  }

  #wait(messageId, customId, waits) {
    const node = this.#nodes.get(messageId)?.querySelector(`[data-custom-id="${CSS.escape(customId)}"]`);
    node?.classList.toggle("waiting", waits);
    node?.setAttribute("aria-busy", String(waits));
  }

  #fail(messageId) {
    const main = this.#nodes.get(messageId)?.querySelector(".message-main");
    main?.querySelector(".interaction-failed")?.remove();
    main?.append(el("p", { class: "interaction-failed", role: "alert" }, t("interaction-failed")));
  }

  #set(message) {
    const old = this.#nodes.get(message.id);
    const node = this.#draw(message);
    const focused = old?.contains(document.activeElement) ? document.activeElement.dataset.customId : null;
    this.#messages.set(message.id, message);
    this.#nodes.set(message.id, node);
    if (old) old.replaceWith(node);
    else this.list.append(node);
    for (const { messageId, customId } of this.#pressed.values()) if (messageId === message.id) this.#wait(messageId, customId, true);
    if (focused) node.querySelector(`[data-custom-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #draw(message) {
    const author = this.context.user(message.author.id) ?? { ...message.author, name: message.author.global_name ?? message.author.username };
    const drawn = message.drawn;
    const main = el("div", { class: "message-main" }, authorLine(author, message, this.actions));
    if (drawn.loading) main.append(el("p", { class: "thinking" }, dots(), t("is-thinking", { bot: author.name })));
    if (message.content) {
      const text = markdown(message.content, this.context);
      if (message.edited_timestamp) text.append(edited(message));
      main.append(text);
    }
    main.append(
      ...attachments(message.attachments).flat().filter(Boolean),
      ...embeds(message.embeds, this.context),
      ...components(message.components, (component, values) => this.actions.use(message, component, values), this.context),
    );
    if (drawn.ephemeral) main.append(onlyYou(() => this.actions.dismiss(message)));
    const classes = ["message"];
    if (drawn.ephemeral) classes.push("ephemeral");
    if (drawn.pings_me) classes.push("pings");
    const node = el("li", { class: classes.join(" "), id: `message-${message.id}`, "data-id": message.id });
    if (drawn.used?.label && !message.message_reference) node.append(usedLine(this.context.user(drawn.used.user), drawn.used, this.context));
    else if (message.message_reference) node.append(replyLine(message.referenced_message, this.context));
    node.append(el("div", { class: "message-body" }, avatar(author), el("time", { class: "side-time", datetime: message.timestamp }, format(new Date(message.timestamp), "t")), main));
    node.append(this.#toolbar(message));
    node.addEventListener("contextmenu", (event) => {
      if (event.target.closest("a, input, textarea") || String(getSelection())) return;
      event.preventDefault();
      this.actions.menu(message, { x: event.clientX, y: event.clientY, anchor: null });
    });
    return node;
  }

  #toolbar(message) {
    const button = (name, label, act) => el("button", { class: "icon-button", type: "button", "aria-label": label, title: label, onclick: act }, icon(name));
    const more = button("more", t("more"), () => this.actions.menu(message, { anchor: more }));
    more.setAttribute("aria-haspopup", "menu");
    return el("div", { class: "toolbar" }, !message.drawn.ephemeral && button("reply", t("reply"), () => this.actions.reply(message)), more);
  }

  // A message close after one of the same author needs no second name and face.
  #group() {
    let before = null;
    for (const node of this.list.children) {
      const message = this.#messages.get(node.dataset.id);
      if (!message) continue;
      const near = before && new Date(message.timestamp) - new Date(before.timestamp) < GROUP_MS;
      const headed = !near || before.author.id !== message.author.id || message.drawn.used?.label || message.message_reference || before.drawn.ephemeral !== message.drawn.ephemeral;
      node.classList.toggle("headed", Boolean(headed));
      before = message;
    }
  }

  near() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.jump.hidden = true;
  }
}

function authorLine(author, message, actions) {
  const name = el("button", { class: "author", type: "button", onclick: () => actions?.userMenu(author, name) }, author.name);
  return el("div", { class: "author-line" },
    name,
    author.bot && el("span", { class: "badge" }, t("app-badge")),
    message && el("time", { class: "time", datetime: message.timestamp, title: format(new Date(message.timestamp), "F") }, when(new Date(message.timestamp))));
}

function usedLine(user, { path, label }, context) {
  const name = el("span", { class: "used-name" }, user?.name ?? "?");
  const what = path
    ? el("button", { class: "used-command", type: "button", onclick: () => context.useCommand(path) }, label)
    : el("span", { class: "used-command" }, label);
  return el("div", { class: "above" }, user && avatar(user, "avatar mini"), name, ` ${t("used")} `, what);
}

function replyLine(message, context) {
  const author = message && context.user(message.author.id);
  const words = message ? markdown(message.content, context).textContent || t("click-to-see-attachment") : t("original-deleted");
  const jump = () => document.getElementById(`message-${message?.id}`)?.scrollIntoView({ block: "center", behavior: "smooth" });
  return el("div", { class: "above" }, author && avatar(author, "avatar mini"), author && el("span", { class: "used-name" }, author.name),
    el("button", { class: "reply-text", type: "button", onclick: jump }, words));
}

function edited(message) {
  const at = new Date(message.edited_timestamp);
  return el("time", { class: "edited", datetime: message.edited_timestamp, title: format(at, "F") }, ` ${t("edited")}`);
}

function onlyYou(dismiss) {
  return el("p", { class: "only-you" }, icon("eye"), t("only-you"), " • ", el("button", { class: "dismiss", type: "button", onclick: dismiss }, t("dismiss")));
}

function dots() {
  return el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
}
