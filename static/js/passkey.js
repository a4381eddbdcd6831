// Passkeys: asks the browser for one, and sends what it answers with the form. Without scripts the password and the
// code remain the way in; the buttons of this file are shown by it.

const json = window.webauthnJSON;

function say(form, text) {
  const place = form.querySelector("[data-passkey-problem]");
  if (place) place.textContent = text;
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" }, redirect: "manual" });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options;
}

function prepared(options, form) {
  const asked = form.querySelector("[name=passwordless]");
  if (form.dataset.passkey !== "create" || !asked?.value) return options;
  const wanted = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
  options.publicKey.authenticatorSelection = { ...options.publicKey.authenticatorSelection, ...wanted };
  return options;
}

async function askBrowser(form) {
  const options = prepared(await optionsOf(form), form);
  const found = form.dataset.passkey === "create" ? await json.create(options) : await json.get(options);
  form.querySelector("[name=credential]").value = JSON.stringify(found);
  form.submit();
}

export function offerPasskeys(root) {
  if (!window.PublicKeyCredential || !json) return;
  for (const form of root.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      say(form, "");
      askBrowser(form).catch(() => say(form, form.dataset.problem));
    });
  }
}

offerPasskeys(document);
