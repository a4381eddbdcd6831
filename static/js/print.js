// <button type="button" data-print hidden>: shown where a script can open the browser's print dialogue.
export function offerPrinting(root) {
  for (const button of root.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
