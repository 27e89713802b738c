// Pictures and files of a message: a mosaic, spoilers, alt text, a lightbox.

import { el, icon } from "./dom.js";
import { t } from "./strings.js";

const SPOILER = 8; // attachment flag

export const isPicture = (attachment) => Boolean(attachment.width && attachment.content_type?.startsWith("image/"));

export function attachments(list) {
  const pictures = list.filter(isPicture).map((a) => ({ ...a, alt: a.description, hidden: Boolean(a.flags & SPOILER) }));
  const files = list.filter((a) => !isPicture(a));
  return [pictures.length ? mosaic(pictures) : null, files.map(fileCard)];
}

// One picture at its own shape; several in rows, as Discord lays them out.
export function mosaic(pictures) {
  const single = pictures.length === 1;
  const cells = pictures.map((p) => picture(p, single));
  return el("div", { class: `mosaic mosaic-${Math.min(pictures.length, 10)}` }, cells);
}

function picture(shown, single) {
  const image = el("img", { src: shown.proxy_url ?? shown.url, alt: shown.alt ?? "", loading: "lazy", decoding: "async" });
  const label = shown.alt ? t("open-image", { alt: shown.alt }) : t("open-image-plain");
  const open = el("button", { class: "picture", type: "button", "aria-label": label, onclick: () => lightbox(shown) }, image);
  if (single && shown.width && shown.height) {
    // Small pictures keep their size; a generated 128 px one is shown larger, like Discord does with none but readers like.
    const scale = Math.min(1, 550 / shown.width, 350 / shown.height);
    open.style.aspectRatio = `${shown.width} / ${shown.height}`;
    open.style.width = `${Math.max(Math.round(shown.width * scale), Math.min(160, shown.width * 2))}px`;
  }
  if (shown.alt) open.append(el("span", { class: "alt-badge", title: shown.alt, "aria-hidden": "true" }, "ALT"));
  return shown.hidden ? covered(open) : open;
}

function covered(open) {
  const cover = el("button", { class: "cover", type: "button", "aria-label": t("reveal-spoiler") }, el("span", {}, t("spoiler")));
  const box = el("div", { class: "covered" }, open, cover);
  open.inert = true;
  cover.addEventListener("click", () => {
    cover.remove();
    open.inert = false;
    box.classList.add("revealed");
    open.focus();
  });
  return box;
}

export function fileCard(file) {
  return el(
    "div",
    { class: "file-card" },
    icon("file", "file-icon"),
    el(
      "div",
      { class: "file-text" },
      el("a", { href: file.url, target: "_blank", rel: "noreferrer", download: file.filename }, file.title ?? file.filename ?? file.name),
      el("span", { class: "file-size" }, bytes(file.size)),
    ),
  );
}

export function bytes(size) {
  if (size < 1024) return `${size} B`;
  if (size < 1024 ** 2) return `${(size / 1024).toFixed(1)} KB`;
  return `${(size / 1024 ** 2).toFixed(2)} MB`;
}

function lightbox(shown) {
  const close = () => dialog.close();
  const dialog = el(
    "dialog",
    { class: "lightbox", "aria-label": shown.alt || t("image"), onclick: (event) => event.target === dialog && close(), onclose: () => dialog.remove() },
    el("img", { src: shown.url, alt: shown.alt ?? "" }),
    shown.alt && el("p", { class: "lightbox-alt" }, shown.alt),
    el("div", { class: "lightbox-bar" },
      el("a", { href: shown.url, target: "_blank", rel: "noreferrer" }, t("open-in-browser")),
      el("button", { class: "icon-button", type: "button", "aria-label": t("close"), onclick: close }, icon("close"))),
  );
  document.body.append(dialog);
  dialog.showModal();
}
