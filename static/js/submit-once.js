// A form that was sent is not sent again by a second click. The server would refuse it anyway: this spares the wait.
export function disableOnSubmit(root) {
  const forms = root.matches?.("form[data-once]") ? [root] : root.querySelectorAll("form[method='post']");
  for (const form of forms) {
    if (form.dataset.watched) continue;
    form.dataset.watched = "yes";
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
      form.classList.add("is-sent");
    });
  }
}

// The page that comes back out of the browser's memory can be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.classList.remove("is-sent");
  }
});
