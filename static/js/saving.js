// What a page says about saving: the note beside the buttons, a box above the page, a mark at a field. The words and
// icons are in <template id="saving">, which the server fills in the language of the page.
import { controls } from "./fields.js";

const template = () => document.getElementById("saving");
export const words = () => template()?.dataset ?? {};

export function said(sentence, names = {}) {
  return (sentence ?? "").replace(/\{(\w+)\}/g, (all, name) => names[name] ?? all);
}

export function clock(at = Date.now()) {
  const zone = words().zone || undefined;
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
}

export function waitSentence(form, names, since) {
  const isFigures = names.every((name) => controls(form, name)[0]?.classList.contains("form-control--num"));
  const kind = `${isFigures ? "figure" : "answer"}${names.length === 1 ? "One" : "Many"}`;
  return said(words()[kind], { count: names.length, time: clock(since) });
}

function icon(name) {
  return template().content.querySelector(`[data-drawing="${name}"] > svg`).cloneNode(true);
}

function made(tag, classes, ...inside) {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  element.append(...inside);
  return element;
}

// Tones: "" saved, "back" waits or asks, "no" not saved.
export function say(form, tone, iconName, sentence) {
  const note =
    (form.id && document.querySelector(`[data-saved="${form.id}"]`)) ||
    form.querySelector("[data-saved]") ||
    document.querySelector("[data-saved]");
  if (!note || !sentence) return;
  note.classList.toggle("is-back", tone === "back");
  note.classList.toggle("is-no", tone === "no");
  const role = tone === "no" ? "alert" : "status";
  if (note.getAttribute("role") !== role) note.setAttribute("role", role);
  if (note.dataset.shows === sentence) return;
  note.dataset.shows = sentence;
  note.replaceChildren(icon(iconName), made("span", "", sentence));
}

// One box of each kind; it takes the place of the page's own next step.
export function box(kind, { tone, iconName, title, text, actions = [] }) {
  const inside = made("div", "next__text", made("h2", "", title));
  if (text) inside.append(made("p", "", text));
  const section = made("section", `next next--${tone}`, made("span", "next__icon", icon(iconName)), inside);
  section.append(made("div", "actions", ...actions.map((action) => button(...action))));
  section.setAttribute("aria-label", title);
  show(kind, section);
}

// What cannot be read, each with the way to its field.
export function errors(kind, title, links) {
  const list = made("ul", "", ...links.map(([label, act]) => made("li", "", button(label, act, "btn btn-link"))));
  const section = made("div", "errors", made("h2", "", title), list);
  section.setAttribute("role", "group");
  section.setAttribute("aria-label", title);
  show(kind, section);
}

function show(kind, section) {
  unbox(kind);
  section.dataset.box = kind;
  const head = document.querySelector("main .head");
  if (head) head.after(section);
  else document.querySelector("main")?.prepend(section);
}

export function unbox(kind) {
  document.querySelector(`[data-box="${kind}"]`)?.remove();
}

function button(label, act, classes = "btn btn-secondary") {
  const link = typeof act === "string";
  const found = made(link ? "a" : "button", classes, label);
  if (link) found.href = act;
  else {
    found.type = "button";
    found.addEventListener("click", act);
  }
  return found;
}

const MARKS = {
  theirs: { classes: "theirs", iconName: "people" },
  asked: { classes: "theirs", iconName: "people" },
  kept: { classes: "kept", iconName: "kept" },
  bad: { classes: "field__error", iconName: "wrong" },
};
const FRAMES = { theirs: "theirs", asked: "theirs", kept: "kept", bad: "bad" };

export function mark(form, name, kind, sentence, actions = [], group = "") {
  const says = JSON.stringify([sentence, actions.map(([label]) => label)]);
  // Drawn once: the focus may be on one of its buttons.
  if (marksOf(form, name).some((line) => line.dataset.mark === kind && line.dataset.says === says)) return;
  unmark(form, name, kind);
  const [control] = controls(form, name);
  if (!control) return;
  const { classes, iconName } = MARKS[kind];
  const line = made("div", classes, made("span", "", icon(iconName), " ", sentence));
  if (actions.length) {
    const buttons = actions.map(([label, act]) => button(label, act, "btn btn-secondary btn-sm"));
    line.append(made("span", "actions", ...buttons));
    line.setAttribute("role", "group");
    line.setAttribute("aria-label", group);
  }
  line.dataset.mark = kind;
  line.dataset.says = says;
  line.dataset.of = name;
  line.id = `${control.id}-${kind}`;
  place(control).after(line);
  frame(form, name);
}

export function unmark(form, name, kind) {
  for (const line of marksOf(form, name)) if (line.dataset.mark === kind) line.remove();
  frame(form, name);
}

export function hasMark(form, name, kind) {
  return marksOf(form, name).some((line) => line.dataset.mark === kind);
}

function marksOf(form, name) {
  return [...form.querySelectorAll("[data-mark]")].filter((line) => line.dataset.of === name);
}

// Below the field; a figure of the forecast has a row of its own for it.
function place(control) {
  const last = control.closest(".measure")?.lastElementChild;
  return last ?? control.closest(".choices, .form-check") ?? control;
}

function frame(form, name) {
  const lines = marksOf(form, name);
  const kinds = new Set(lines.map((line) => FRAMES[line.dataset.mark]));
  for (const control of controls(form, name)) {
    const row = control.closest(".measure");
    for (const kind of Object.values(FRAMES)) {
      control.classList.toggle(`is-${kind}`, kinds.has(kind));
      row?.classList.toggle(`measure--${kind}`, kinds.has(kind));
    }
    if (kinds.has("bad")) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    const told = lines.map((line) => line.id);
    const own = (control.getAttribute("aria-describedby") ?? "").split(" ");
    const others = own.filter((id) => id && !/-(?:theirs|asked|kept|bad)$/.test(id));
    if (others.length || told.length) control.setAttribute("aria-describedby", [...others, ...told].join(" "));
    else control.removeAttribute("aria-describedby");
    if (lines.length) control.closest(".override[hidden]")?.removeAttribute("hidden");
  }
}
