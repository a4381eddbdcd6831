// Reading and filling the fields of a form by their names, whatever kind they are.
const TYPED = new Set([
  "text",
  "number",
  "date",
  "month",
  "time",
  "email",
  "tel",
  "url",
  "radio",
  "checkbox",
  "textarea",
]);
const CHOSEN = new Set(["select-one", "select-multiple"]);
const SECRET = /password|one-time-code|cc-|secret|token|otp/;

export function controls(form, name) {
  const found = form.elements.namedItem(name);
  if (!found) return [];
  return found instanceof RadioNodeList ? [...found] : [found];
}

// What somebody types there and may find again: no password, no code, no file, nothing hidden.
export function isTyped(control) {
  if (!control.name || control.readOnly || control.disabled) return false;
  if (!TYPED.has(control.type) && !CHOSEN.has(control.type)) return false;
  return !SECRET.test(
    `${control.autocomplete} ${control.name} ${control.dataset.secret ? "secret" : ""}`.toLowerCase(),
  );
}

export function typedNames(form) {
  return [...new Set([...form.elements].filter(isTyped).map((control) => control.name))];
}

const isOneText = (found) => found.length === 1 && !["checkbox", "select-multiple"].includes(found[0].type);

export function valueIn(form, name) {
  const found = controls(form, name);
  if (!found.length) return "";
  if (found[0].type === "radio") return found.find((radio) => radio.checked)?.value ?? "";
  if (isOneText(found)) return found[0].value;
  return JSON.stringify(found.flatMap(valuesOf));
}

function valuesOf(control) {
  if (control.type === "checkbox") return control.checked ? [control.value] : [];
  if (control.type === "select-multiple") return [...control.selectedOptions].map((option) => option.value);
  return [control.value];
}

// The value as the page was loaded.
export function firstValueIn(form, name) {
  const found = controls(form, name);
  if (!found.length) return "";
  if (found[0].type === "radio") return found.find((radio) => radio.defaultChecked)?.value ?? "";
  if (isOneText(found)) return firstValuesOf(found[0])[0] ?? "";
  return JSON.stringify(found.flatMap(firstValuesOf));
}

function firstValuesOf(control) {
  if (control.type === "checkbox") return control.defaultChecked ? [control.value] : [];
  if (!CHOSEN.has(control.type)) return [control.defaultValue];
  const options = [...control.options];
  const chosen = options.filter((option) => option.defaultSelected);
  if (control.type === "select-one" && !chosen.length) return options.slice(0, 1).map((option) => option.value);
  return chosen.map((option) => option.value);
}

// Other scripts of the page hear of it at the field; the form itself does not take it for typing.
export function fill(form, name, value) {
  const found = controls(form, name);
  if (!found.length) return;
  if (isOneText(found)) found[0].value = value;
  else if (found[0].type === "radio") for (const radio of found) radio.checked = radio.value === value;
  else fillMany(found, JSON.parse(value));
  for (const control of found) control.dispatchEvent(new Event("input"));
}

function fillMany(found, values) {
  found.forEach((control, place) => {
    if (control.type === "checkbox") control.checked = values.includes(control.value);
    else if (control.type === "select-multiple") {
      for (const option of control.options) option.selected = values.includes(option.value);
    } else control.value = values[place] ?? control.value;
  });
}
