// A figure that differs from its proposal asks for source and reason; one that agrees hides them.
// <input data-proposal="2930" data-reveals="id-of-the-fieldset">: without a script the fieldset is always there.
const plain = (text) => Number(text.replace(/[,\s\u00a0]/g, "").replace("\u2212", "-"));

function show(input) {
  const reason = document.getElementById(input.dataset.reveals);
  const differs = input.value.trim() !== "" && plain(input.value) !== plain(input.dataset.proposal);
  const keepsText = reason.querySelector("textarea")?.value.trim();
  const isWrong = reason.querySelector("[aria-invalid='true']");
  reason.hidden = !differs && !keepsText && !isWrong;
  input.closest(".measure")?.classList.toggle("measure--changed", differs);
}

export function revealReasons(root) {
  for (const input of root.querySelectorAll("input[data-proposal][data-reveals]")) {
    if (!document.getElementById(input.dataset.reveals)) continue;
    show(input);
    input.addEventListener("input", () => show(input));
  }
}
