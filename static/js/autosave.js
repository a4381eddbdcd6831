// <form data-autosave="/address">: what is typed is posted a moment later. Only an answer of the portal that says
// "saved" means that it is saved. The form's field `known` holds, for every field, what the page showed of it: first
// the value the portal told last, then what was sent since without an answer. It moves only with what the page shows.
//   200 {"saved": sentence, "taken": […]}            409 {"choose": sentence, "asked": […], "taken": […]}
//   422 {"refused": sentence, "wrong": {name: why}}  401 {"signed_out": sentence}  else {"refused": sentence}
import { controls, fill, valueIn } from "./fields.js";
import { markKept } from "./kept.js";
import { forget, waiting } from "./kept-store.js";
import { box, clock, errors, hasMark, mark, said, say, unbox, unmark, waitSentence, words } from "./saving.js";
import { disableOnSubmit } from "./submit-once.js";

const PAUSE = 800;
const RETRY = 5000;
const MOST_UNANSWERED = 5;

// Every save is an act of its own, so it has a key of its own; the form's key stays for sending it.
export function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function knownOf(form) {
  try {
    return JSON.parse(form.elements.known.value);
  } catch {
    return {};
  }
}

const vouchFor = (form, known) => (form.elements.known.value = JSON.stringify(known));

// What the form holds now, noted as sent: should no answer come, the portal may have it all the same.
function sending(form) {
  const known = knownOf(form);
  const sent = {};
  const before = form.elements.known.value;
  for (const [name, [first, ...unanswered]] of Object.entries(known)) {
    sent[name] = valueIn(form, name);
    const later = unanswered.filter((value) => value !== sent[name]);
    known[name] = [first, ...[...later, sent[name]].slice(-MOST_UNANSWERED)].filter((v, i) => i === 0 || v !== first);
  }
  const values = new FormData(form);
  values.set("known", before);
  vouchFor(form, known);
  values.set("autosave", "1");
  values.set("key", freshKey());
  return { sent, values };
}

async function post(form, values, isLeaving) {
  let answer;
  try {
    answer = await fetch(form.dataset.autosave || form.action, {
      method: "POST",
      body: values,
      headers: { Accept: "application/json", "X-Autosave": "1" },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: isLeaving,
    });
  } catch {
    return { kind: "offline" };
  }
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  const told = isJson ? await answer.json().catch(() => ({})) : {};
  return { kind: kindOf(answer, told), told };
}

function kindOf(answer, told) {
  if (answer.type === "opaqueredirect" || told.signed_out) return "signedOut";
  if (answer.ok && told.saved) return "saved";
  if (told.seen && (told.choose || told.wrong)) return "partly";
  if (told.open_again) return "openAgain";
  if (told.refused) return "refused";
  if (answer.status === 403 || answer.status === 404) return "gone";
  return answer.ok || answer.status >= 500 || answer.status === 429 ? "silent" : "notUnderstood";
}

// Takes in what the portal answered; what was typed since it was sent is left alone.
function takeIn(form, sent, told, sendSoon) {
  const known = knownOf(form);
  const wrong = new Set(Object.keys(told.wrong ?? {}));
  const asked = new Set((told.asked ?? []).map((field) => field.name));
  const taken = new Map((told.taken ?? []).map((field) => [field.name, field]));
  let isWhole = wrong.size + asked.size === 0;
  for (const name of Object.keys(sent)) {
    if (!wrong.has(name)) unmark(form, name, "bad");
    if (!asked.has(name)) unmark(form, name, "asked");
    if (wrong.has(name) || asked.has(name)) continue;
    unmark(form, name, "kept");
    if (!taken.has(name)) {
      known[name] = [sent[name]];
      forget(form, name, sent[name]);
    } else if (valueIn(form, name) === sent[name]) {
      const { value, sentence } = taken.get(name);
      fill(form, name, value);
      known[name] = [value];
      mark(form, name, "theirs", sentence);
      forget(form, name);
    } else isWhole = false;
  }
  vouchFor(form, known);
  if (isWhole && form.elements.seen) form.elements.seen.value = told.seen;
  for (const field of told.asked ?? []) ask(form, field, sendSoon);
  for (const [name, why] of Object.entries(told.wrong ?? {})) mark(form, name, "bad", why);
}

function ask(form, { name, value, sentence, keep, take, group }, sendSoon) {
  const settle = (isTheirs) => {
    if (isTheirs) fill(form, name, value);
    // The page shows the colleague's value, so whoever keeps their own writes over it knowingly.
    vouchFor(form, { ...knownOf(form), [name]: [value] });
    unmark(form, name, "asked");
    controls(form, name)[0]?.focus();
    sendSoon(0);
  };
  mark(
    form,
    name,
    "asked",
    sentence,
    [
      [keep, () => settle(false)],
      [take, () => settle(true)],
    ],
    group,
  );
}

function goTo(form, name) {
  const [control] = controls(form, name);
  control?.scrollIntoView({ block: "center" });
  control?.focus({ preventScroll: true });
}

function unsaved(form) {
  return Object.entries(knownOf(form))
    .filter(([name, [first]]) => valueIn(form, name) !== first)
    .map(([name]) => name);
}

const SHOW = {
  saved(form, _state, told) {
    say(form, told.waits ? "back" : "", told.waits ? "kept" : "saved", told.saved);
    freshenNext();
  },
  partly(form, _state, told) {
    if (!told.wrong) return say(form, "back", "people", told.choose);
    say(form, "no", "notSaved", told.refused);
    const links = Object.keys(told.wrong).map((name) => [told.links[name], () => goTo(form, name)]);
    errors("wrong", told.refused, links);
  },
  offline(form, state) {
    state.since ??= clock();
    waits(form, state, words().offline, "offline");
    box("offline", {
      tone: "wait",
      iconName: "offline",
      title: said(words().offlineSince, { time: state.since }),
      text: words().offlineText,
      actions: [[words().again, () => state.later(0)]],
    });
  },
  silent(form, state) {
    waits(form, state, words().silent, "offline");
  },
  signedOut(form, state) {
    waits(form, state, words().signedOut, "notSaved", "no");
    const names = unsaved(form);
    const here = encodeURIComponent(window.location.pathname + window.location.search);
    box("door", {
      tone: "late",
      iconName: "door",
      title: [words().signedOutTitle, names.length ? waitSentence(form, names, sinceOf(form, names)) : ""].join(" "),
      text: words().signedOutText,
      actions: [[words().signIn, `${words().door}?next=${here}`, "btn btn-primary"]],
    });
  },
  openAgain(form, state, told) {
    waits(form, state, [words().notSaved, told.refused].join(" "), "notSaved", "no");
    const reload = () => window.location.reload();
    const actions = [[words().openAgain, reload, "btn btn-primary"]];
    box("door", { tone: "late", iconName: "door", title: told.refused, text: words().openAgainText, actions });
  },
  refused(form, state, told) {
    waits(form, state, [words().notSaved, told.refused].join(" "), "notSaved", "no");
  },
  gone(form, state) {
    waits(form, state, words().gone, "notSaved", "no");
  },
  notUnderstood(form, state) {
    waits(form, state, words().notUnderstood, "notSaved", "no");
  },
};

// The page's own next step says what is still missing: after saving it is read anew, so that it does not deny it.
async function freshenNext() {
  const stale = document.querySelector("main .next:not([data-box])");
  if (!stale) return;
  const answer = await fetch(window.location.href, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main .next:not([data-box])");
  if (!fresh || !stale.isConnected || stale.contains(document.activeElement)) return;
  stale.replaceWith(fresh);
  disableOnSubmit(fresh);
}

function sinceOf(form, names) {
  const fields = waiting(form);
  return Math.min(...names.map((name) => fields[name]?.at ?? Date.now()));
}

function waits(form, state, sentence, iconName, tone = "back") {
  const last = state.lastSaved ? said(words().lastSaved, { time: state.lastSaved }) : "";
  say(form, tone, iconName, [sentence, last].filter(Boolean).join(" "));
  markKept(form, unsaved(form));
}

function tellOfColleague(form, state, told) {
  if (state.isAsked && !told.asked) unbox("colleague");
  state.isAsked = Boolean(told.asked);
  if (!told.heading) return;
  const first = told.asked?.[0] ?? told.taken[0];
  const actions = [[first.go, () => goTo(form, first.name)]];
  box("colleague", { tone: "back", iconName: "people", title: told.heading, text: told.heading_text, actions });
}

function watch(form) {
  const state = { later, timer: 0, isSaving: false, isDirty: false, waitsToSend: null, lastSaved: "" };

  function later(wait) {
    window.clearTimeout(state.timer);
    state.timer = window.setTimeout(run, wait);
  }

  async function run() {
    state.timer = 0;
    if (state.isSaving || form.dataset.sent) return;
    state.isSaving = true;
    state.isDirty = false;
    document.querySelector("[data-saved]")?.classList.add("is-saving");
    const { sent, values } = sending(form);
    const { kind, told } = await post(form, values, false);
    const isTaken = kind === "saved" || kind === "partly";
    if (isTaken) {
      state.since = undefined;
      state.lastSaved = clock();
      for (const name of ["offline", "door", "wrong"]) unbox(name);
      takeIn(form, sent, told, later);
      tellOfColleague(form, state, told);
    } else if (kind === "offline" || kind === "silent") {
      state.isDirty = true;
      later(RETRY);
    }
    SHOW[kind](form, state, told);
    state.isSaving = false;
    document.querySelector("[data-saved]")?.classList.remove("is-saving");
    if (state.waitsToSend) state.waitsToSend();
    else if (state.isDirty && !state.timer) later(PAUSE);
  }

  form.addEventListener("input", (event) => {
    state.isDirty = true;
    if (hasMark(form, event.target.name, "theirs")) unmark(form, event.target.name, "theirs");
    later(PAUSE);
  });
  form.addEventListener("kept:filled", (event) => {
    // They were typed beside what the page showed then: if that changed since, the portal asks.
    const known = knownOf(form);
    for (const [name, texts] of Object.entries(event.detail)) {
      if (!texts || !known[name] || texts[0] === known[name][0]) continue;
      known[name] = texts;
      form.elements.seen.value = "0";
    }
    vouchFor(form, known);
    state.isDirty = true;
    later(PAUSE);
  });
  form.addEventListener("submit", (event) => {
    window.clearTimeout(state.timer);
    state.isDirty = false;
    if (!state.isSaving) return;
    // The save under way may change what this page knows: wait for it, then send.
    event.preventDefault();
    state.waitsToSend = () => {
      state.waitsToSend = null;
      form.requestSubmit(event.submitter);
    };
  });
  window.addEventListener("online", () => state.isDirty && later(0));
  window.addEventListener("pagehide", () => {
    if (state.isDirty && !form.dataset.sent) post(form, sending(form).values, true);
  });
}

export function saveAsTyped(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) watch(form);
}
