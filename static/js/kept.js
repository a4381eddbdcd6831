// What was typed in a form waits in this tab until it is saved, and is offered when the form is opened again.
import { controls, fill, isTyped, typedNames, valueIn } from "./fields.js";
import {
  forget,
  forgetOnSigningOut,
  forgetOthers,
  letGoOfCarriedOut,
  noteSent,
  remember,
  waiting,
} from "./kept-store.js";
import { box, clock, mark, said, unbox, unmark, waitSentence, words } from "./saving.js";

const LONGEST_TOLD = 24;

// A form with one short field is typed again in a moment, unless its page says otherwise; so is one that only looks
// something up. The forms at the door are nobody's business.
function isKept(form) {
  if (!document.body.dataset.person || window.location.pathname.startsWith("/account/")) return false;
  if (form.hasAttribute("data-kept")) return true;
  if (form.getAttribute("method")?.toLowerCase() !== "post" || form.hasAttribute("data-not-kept")) return false;
  const names = typedNames(form);
  return names.length > 1 || names.some((name) => controls(form, name)[0].type === "textarea");
}

function knownOf(form, name) {
  try {
    return JSON.parse(form.elements.known.value)[name];
  } catch {
    return undefined;
  }
}

function onTyping(event) {
  const { form, name } = event.target;
  if (!form || !isTyped(event.target) || !isKept(form)) return;
  remember(form, name, knownOf(form, name));
  if (!waiting(form)[name]) unmark(form, name, "kept");
  // What was typed anew, or is saved by now, is offered no longer.
  if (form === offered) offer(form);
}

// The value as the page names it: the label of a choice.
function shown(form, name) {
  const [control] = controls(form, name);
  if (control?.type === "select-one") return control.selectedOptions[0]?.label ?? "";
  return control?.type === "text" || control?.type === "textarea" ? control.value.trim() : "";
}

export function markKept(form, names) {
  const fields = waiting(form);
  for (const name of names) {
    const field = fields[name];
    if (!field) continue;
    const portal = controls(form, name)[0]?.type === "text" ? (field.known?.[0] ?? field.was).trim() : "";
    const isTold = portal && portal.length <= LONGEST_TOLD;
    const sentence = isTold ? words().keptBeside : words().keptHere;
    mark(form, name, "kept", said(sentence, { time: clock(field.at), value: portal }));
  }
}

let offered = null;

function offer(form) {
  const fields = waiting(form);
  const names = typedNames(form).filter((name) => fields[name] && fields[name].value !== valueIn(form, name));
  if (form === offered) unbox("kept");
  offered = names.length ? form : null;
  if (!names.length) return;
  const since = Math.min(...names.map((name) => fields[name].at));
  box("kept", {
    tone: "back",
    iconName: "kept",
    title: waitSentence(form, names, since),
    text: words().keptText,
    actions: [
      [words().fillIn, () => fillIn(form, names), "btn btn-primary"],
      [words().discard, () => discard(form, names), "btn btn-secondary"],
    ],
  });
}

function fillIn(form, names) {
  const fields = waiting(form);
  // What somebody changed since it was typed is shown beside it, before it is written over.
  const changed = names.filter((name) => !fields[name].known && valueIn(form, name) !== fields[name].was);
  const now = changed.map((name) => [name, shown(form, name)]);
  for (const name of names) fill(form, name, fields[name].value);
  markKept(form, names);
  for (const [name, value] of now) mark(form, name, "theirs", said(words().changedSince, { value: value || "–" }));
  unbox("kept");
  form.closest("details")?.setAttribute("open", "");
  controls(form, names[0])[0].focus();
  const known = Object.fromEntries(names.map((name) => [name, fields[name].known]));
  form.dispatchEvent(new CustomEvent("kept:filled", { detail: known }));
  offerNext();
}

function discard(form, names) {
  for (const name of names) forget(form, name);
  unbox("kept");
  offerNext();
}

// One form after the other; a part of the page that was replaced takes its offer along.
function offerNext() {
  offered = null;
  for (const form of document.querySelectorAll("form")) if (!offered && isKept(form)) offer(form);
}

export function offerKept() {
  letGoOfCarriedOut();
  if (!offered?.isConnected) offerNext();
}

export function keepTyped() {
  forgetOthers();
  forgetOnSigningOut();
  for (const kind of ["input", "change"]) document.addEventListener(kind, onTyping);
  document.addEventListener("submit", (event) => noteSent(event.target));
  document.addEventListener("htmx:afterRequest", letGoOfCarriedOut);
}
