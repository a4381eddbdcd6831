// Papers in a form: chosen, dropped or photographed, each is sent at once and shows how far it is. What was taken
// stands in the form as a hidden field, so it is there after a correction too. Without a script the form sends them.

import { freshKey } from "./autosave.js";

function row(field, name) {
  const entry = document.createElement("li");
  const called = document.createElement("span");
  called.setAttribute("translate", "no");
  called.textContent = name;
  const progress = document.createElement("progress");
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", name);
  entry.append(called, progress);
  field.querySelector("[data-papers-list]").append(entry);
  return { entry, progress };
}

function hiddenPaper(token) {
  const hidden = document.createElement("input");
  hidden.type = "hidden";
  hidden.name = "paper";
  hidden.value = token;
  return hidden;
}

// A second form of the page, which looks at what was typed and shows the page anew, takes the papers there and back.
function carried(token) {
  return [...document.querySelectorAll("[data-papers-carried] input")].filter((hidden) => hidden.value === token);
}

// The portal forgets the file at once, for the form may never be sent; where that fails the form says it.
function leaveOut(field, token) {
  const left = document.createElement("input");
  left.type = "hidden";
  left.name = "leave-paper";
  left.value = token;
  field.append(left);
  const sent = new FormData();
  sent.append("csrfmiddlewaretoken", field.closest("form").elements.csrfmiddlewaretoken.value);
  sent.append("key", freshKey());
  sent.append("leave-paper", token);
  fetch(field.dataset.papers, {
    method: "POST",
    body: sent,
    redirect: "manual",
    headers: { Accept: "application/json" },
  })
    .then((answer) => answer.ok && left.remove())
    .catch(() => {});
}

function taken(field, entry, paper) {
  document.querySelector("[data-papers-carried]")?.append(hiddenPaper(paper.token));
  const called = document.createElement("span");
  called.setAttribute("translate", "no");
  called.textContent = paper.name;
  const size = document.createElement("small");
  size.className = "muted";
  size.textContent = paper.size;
  const leave = document.createElement("button");
  leave.type = "button";
  leave.className = "btn btn-quiet btn-sm papers-field__leave";
  leave.textContent = field.dataset.leave;
  leave.addEventListener("click", () => {
    entry.remove();
    for (const hidden of carried(paper.token)) hidden.remove();
    field.querySelector("input[type='file']").focus();
    leaveOut(field, paper.token);
  });
  entry.replaceChildren(hiddenPaper(paper.token), called, size, leave);
}

function sayRefused(...sentence) {
  const said = document.createElement("p");
  said.className = "field__error";
  said.setAttribute("role", "alert");
  said.append(...sentence);
  return said;
}

// The sentences about a file name it; what is said of the whole request does not.
function refused(field, entry, name, answer) {
  field.dataset.refused = "yes";
  const sentence = Array.isArray(answer.refused) ? answer.refused[0] : "";
  const sentences = [sentence || `${name}: ${answer.refused || answer.signed_out || field.dataset.lost}`];
  if (answer.sign_in) {
    const door = new URL(answer.sign_in, location.href);
    door.searchParams.set("next", location.pathname + location.search);
    const link = document.createElement("a");
    link.href = door.href;
    link.textContent = field.dataset.signIn;
    sentences.push(" ", link);
  }
  entry.replaceChildren(sayRefused(...sentences));
}

function send(field, file) {
  const { entry, progress } = row(field, file.name);
  const request = new XMLHttpRequest();
  const sent = new FormData();
  sent.append("csrfmiddlewaretoken", field.closest("form").elements.csrfmiddlewaretoken.value);
  sent.append("key", freshKey());
  sent.append("papers", file);
  if (Number(field.dataset.busy || 0) === 0) delete field.dataset.refused;
  field.dataset.busy = Number(field.dataset.busy || 0) + 1;
  request.open("POST", field.dataset.papers);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) progress.value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    const answer = request.response ?? {};
    if (answer.taken?.length) taken(field, entry, answer.taken[0]);
    else refused(field, entry, file.name, answer);
  });
  request.addEventListener("error", () => refused(field, entry, file.name, {}));
  request.addEventListener("loadend", () => {
    field.dataset.busy = Number(field.dataset.busy) - 1;
    if (field.dataset.busy === "0") field.dispatchEvent(new CustomEvent("papers:settled"));
  });
  request.send(sent);
}

function sendAll(field, files) {
  for (const file of files) send(field, file);
}

function takeDrops(field) {
  const place = field.closest("[data-papers-panel]") ?? field;
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      field.classList.add("is-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) place.addEventListener(kind, () => field.classList.remove("is-over"));
  place.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    sendAll(field, event.dataTransfer.files);
  });
}

// A form that is sent while a file is still on its way waits for it. Where the file is not taken the form stays, as it
// does without a script: nobody has read yet that it would go without this file.
function waitFor(field, form) {
  form?.addEventListener(
    "submit",
    (event) => {
      if (Number(field.dataset.busy || 0) === 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      const goOn = () => {
        if (!field.dataset.refused) form.requestSubmit(submitter);
        else field.querySelector("[data-papers-list] .field__error")?.scrollIntoView({ block: "center" });
      };
      field.addEventListener("papers:settled", goOn, { once: true });
    },
    { capture: true },
  );
}

// A form that is sent by the page itself says beside its button what else would be silent.
function tellFailures(form) {
  const says = { "htmx:responseError": "unanswered", "htmx:sendError": "offline", "htmx:timeout": "offline" };
  for (const [kind, sentence] of Object.entries(says)) {
    form.addEventListener(kind, (event) => {
      if (event.target !== form) return;
      delete form.dataset.sent;
      form.classList.remove("is-sent");
      form.querySelector("[data-papers-failed]")?.remove();
      const said = sayRefused(form.dataset[sentence]);
      said.dataset.papersFailed = "";
      form.querySelector(".actions").before(said);
    });
  }
}

export function bringPapers(root) {
  for (const field of root.querySelectorAll("[data-papers]")) {
    if (field.dataset.ready) continue;
    field.dataset.ready = "yes";
    const input = field.querySelector("input[type='file']");
    input.addEventListener("change", () => {
      sendAll(field, [...input.files]);
      input.value = "";
    });
    takeDrops(field);
    waitFor(field, field.closest("form"));
    waitFor(field, document.querySelector("[data-papers-carried]")?.closest("form"));
    input.form.addEventListener("change", ({ target }) => {
      if (target.name !== "leave-paper") return;
      for (const hidden of carried(target.value)) hidden.disabled = target.checked;
    });
    if (field.closest("[data-papers-form]")) tellFailures(field.closest("form"));
  }
}
