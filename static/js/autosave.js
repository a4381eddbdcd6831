// <form data-autosave="/address" …>: what is typed is posted a moment later. The answer is JSON:
//   {"saved": "Saved 10:32. …", "seen": "version for the next save"}         200
//   {"refused": "Why it was not saved"}                                        any other status
//   {"conflict": "/address of the page that shows theirs and mine"}           409, followed
// Without an address of its own the form's action is used, with autosave=1 added.
const PAUSE = 800;
const OFFLINE = 5000;

function noteFor(form) {
  const named = form.id && document.querySelector(`[data-saved="${form.id}"]`);
  return named || form.querySelector("[data-saved]") || document.querySelector("[data-saved]");
}

function say(form, sentence) {
  const note = noteFor(form);
  if (!note || !sentence) return;
  const words = note.querySelector("span") || note.appendChild(document.createElement("span"));
  words.textContent = sentence;
}

// Every save is an act of its own, so it has a key of its own; the form's key stays for sending it.
function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function save(form, isLeaving = false) {
  const values = new FormData(form);
  values.set("autosave", "1");
  values.set("key", freshKey());
  const answer = await fetch(form.dataset.autosave || form.action, {
    method: "POST",
    body: values,
    headers: { Accept: "application/json", "X-Autosave": "1" },
    credentials: "same-origin",
    keepalive: isLeaving,
  });
  const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
  if (answer.status === 409) {
    if (told.conflict) window.location.assign(told.conflict);
    else form.requestSubmit();
    return;
  }
  if (told.seen && form.elements.seen) form.elements.seen.value = told.seen;
  say(form, answer.ok ? told.saved : told.refused || form.dataset.unsaved);
}

function watch(form) {
  let timer = 0;
  let isSaving = false;
  let isDirty = false;
  let waitsToSend = null;

  const later = (wait) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(run, wait);
  };

  async function run() {
    timer = 0;
    if (isSaving || form.dataset.sent) return;
    isSaving = true;
    isDirty = false;
    noteFor(form)?.classList.add("is-saving");
    try {
      await save(form);
    } catch {
      isDirty = true;
      say(form, form.dataset.unsaved);
      later(OFFLINE);
    }
    isSaving = false;
    noteFor(form)?.classList.remove("is-saving");
    if (waitsToSend) waitsToSend();
    else if (isDirty && !timer) later(PAUSE);
  }

  form.addEventListener("input", () => {
    isDirty = true;
    later(PAUSE);
  });
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    isDirty = false;
    if (!isSaving) return;
    // The save under way changes the version this form was read in: wait for it, then send.
    event.preventDefault();
    waitsToSend = () => {
      waitsToSend = null;
      form.requestSubmit(event.submitter);
    };
  });
  window.addEventListener("pagehide", () => {
    if (isDirty && !form.dataset.sent) save(form, true);
  });
}

export function saveAsTyped(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) watch(form);
}
