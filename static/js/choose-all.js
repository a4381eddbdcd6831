// "Choose all" beside a form whose ticks stand in rows: <button type="button" data-choose-all="form-id" hidden>.
export function chooseAll(root) {
  for (const button of root.querySelectorAll("button[data-choose-all]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const ticks = [...document.querySelectorAll(`input[type=checkbox][form="${button.dataset.chooseAll}"]`)];
      const isOn = ticks.some((tick) => !tick.checked);
      for (const tick of ticks) tick.checked = isOn;
    });
  }
}
