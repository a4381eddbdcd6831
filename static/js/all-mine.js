// "All mine" and "All theirs" on the page of a conflict: <button type="button" data-keep="mine" hidden>.
export function keepAll(root) {
  for (const button of root.querySelectorAll("button[data-keep]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const choice of document.querySelectorAll(
        `input[type=radio][name^="keep-"][value="${button.dataset.keep}"]`,
      ))
        choice.checked = true;
    });
  }
}
