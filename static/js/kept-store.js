// What was typed and is not saved yet waits in this tab, for the person who typed it and nobody else.
// sessionStorage: "kept:<person>:<address of the form>#<what it is about>" →
// {fields: {name: {value, was, at, known}}, sent: {key, names}}
import { firstValueIn, valueIn } from "./fields.js";

const PREFIX = "kept:";
const LEAVING = "signed-out";
const LAST_SENT = "last-sent";
const person = () => document.body.dataset.person ?? "";

export function pathOf(form) {
  return new URL(form.getAttribute("action") || window.location.href, window.location.href).pathname;
}

// A form whose record stands in the query or in a hidden field says so: what was typed for one is not another's.
const aboutOf = (form) => (form.dataset.about ? `#${form.dataset.about}` : "");

const keyOf = (form) => `${PREFIX}${person()}:${pathOf(form)}${aboutOf(form)}`;

function stored(key) {
  try {
    return JSON.parse(window.sessionStorage.getItem(key)) ?? { fields: {} };
  } catch {
    return { fields: {} };
  }
}

function store(key, entry) {
  try {
    if (Object.keys(entry.fields).length) window.sessionStorage.setItem(key, JSON.stringify(entry));
    else window.sessionStorage.removeItem(key);
  } catch {
    // The tab has no room left: what was typed is still on the page.
  }
}

const allKeys = () => Object.keys(window.sessionStorage).filter((key) => key.startsWith(PREFIX));

export const waiting = (form) => (person() ? stored(keyOf(form)).fields : {});

export function remember(form, name, known) {
  if (!person()) return;
  const entry = stored(keyOf(form));
  const before = entry.fields[name];
  const value = valueIn(form, name);
  // In a form that saves as one types, what the portal told last is what is saved.
  const was = known?.[0] ?? before?.was ?? firstValueIn(form, name);
  if (value === was) delete entry.fields[name];
  else if (before?.value !== value) {
    entry.fields[name] = { value, was, at: before?.at ?? Date.now(), known: before?.known ?? known };
  }
  store(keyOf(form), entry);
}

// Without a value every field of this name is let go; with one only if nothing else was typed since.
export function forget(form, name, value) {
  const entry = stored(keyOf(form));
  if (!entry.fields[name] || (value !== undefined && entry.fields[name].value !== value)) return;
  delete entry.fields[name];
  store(keyOf(form), entry);
}

export function noteSent(form) {
  if (!person() || form.getAttribute("method")?.toLowerCase() !== "post") return;
  const entry = stored(keyOf(form));
  const isKept = Object.keys(entry.fields).length > 0 && Boolean(form.elements.key);
  window.sessionStorage.setItem(LAST_SENT, isKept ? "waits" : "gone");
  if (!isKept) return;
  entry.sent = { key: form.elements.key.value, names: [...form.elements].map((control) => control.name) };
  store(keyOf(form), entry);
}

// The portal names the form that it carried out last.
export function letGoOfCarriedOut() {
  const key = /(?:^|; )carried_out=([0-9a-f-]+)/.exec(document.cookie)?.[1];
  if (!key) return;
  for (const name of allKeys()) {
    const entry = stored(name);
    if (entry.sent?.key !== key) continue;
    for (const field of entry.sent.names) delete entry.fields[field];
    delete entry.sent;
    store(name, entry);
  }
}

// At the door: what was sent after the session had ended waits here, or it is gone.
export function tellAtDoor(root) {
  const fate = window.sessionStorage.getItem(LAST_SENT) ?? "gone";
  for (const sentence of root.querySelectorAll("[data-typed]")) sentence.hidden = sentence.dataset.typed !== fate;
}

export function forgetOthers() {
  if (!person()) return;
  for (const key of allKeys()) if (!key.startsWith(`${PREFIX}${person()}:`)) window.sessionStorage.removeItem(key);
}

function forgetAll() {
  for (const key of allKeys()) window.sessionStorage.removeItem(key);
}

// Whoever signs out leaves nothing behind, in none of the tabs.
export function forgetOnSigningOut() {
  const tabs = new BroadcastChannel(LEAVING);
  tabs.addEventListener("message", forgetAll);
  document.addEventListener("submit", (event) => {
    if (!pathOf(event.target).startsWith("/account/logout/")) return;
    forgetAll();
    tabs.postMessage(LEAVING);
  });
}
