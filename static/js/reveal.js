// A figure that differs from its proposal asks for source and reason; one that agrees hides them.
// <input data-proposal="2930" data-reveals="id-of-the-fieldset">: without a script the fieldset is always there.
// The form brings the sentences: data-same, data-away with {change}, data-why with {mine} and {proposal}.
const plain = (text) =>
  Number(
    text
      .normalize("NFKC")
      .replace(/[,\s\u00a0]/g, "")
      .replace("\u2212", "-"),
  );
const written = (figure) => figure.toLocaleString("en", { maximumFractionDigits: 2 }).replace("-", "\u2212");

function signed(share, unit) {
  return `${share > 0 ? "+" : ""}${written(Math.round(share))}${unit}`;
}

function retell(input, mine, proposal) {
  const words = input.form?.dataset ?? {};
  const note = document.getElementById(`${input.id}-note`);
  const isFigure = input.value.trim() !== "" && Number.isFinite(mine);
  if (note && words.same && (input.value.trim() === "" || mine === proposal)) note.textContent = words.same;
  else if (note && words.away && isFigure && proposal) {
    note.textContent = words.away.replace("{change}", signed(((mine - proposal) * 100) / proposal, words.unit));
  }
  const why = document.querySelector(`#${input.dataset.reveals} > legend`);
  if (why && words.why && isFigure) {
    why.textContent = words.why.replace("{mine}", written(mine)).replace("{proposal}", written(proposal));
  }
  if (isFigure) input.parentElement.querySelector(".field__error")?.remove();
}

function show(input, isTyping = false) {
  const reason = document.getElementById(input.dataset.reveals);
  const mine = plain(input.value);
  const proposal = plain(input.dataset.proposal);
  const differs = input.value.trim() !== "" && mine !== proposal;
  const keepsText = reason.querySelector("textarea")?.value.trim();
  const isWrong = reason.querySelector("[aria-invalid='true'], [data-mark]");
  // What was typed there is never out of sight while it is kept.
  const keepsSource = reason.querySelector("input[type='radio']:checked");
  reason.hidden = !differs && !keepsText && !keepsSource && !isWrong;
  input.closest(".measure")?.classList.toggle("measure--changed", differs);
  if (isTyping) retell(input, mine, proposal);
}

export function revealReasons(root) {
  for (const input of root.querySelectorAll("input[data-proposal][data-reveals]")) {
    if (!document.getElementById(input.dataset.reveals)) continue;
    show(input);
    input.addEventListener("input", () => show(input, true));
  }
}
