// Dialogs over chosen photos: a button opens its dialog instead of being sent, and what was done closes it.

addEventListener("click", (event) => {
  const button = event.target.closest("button[data-opens]");
  const dialog = button && document.getElementById(button.dataset.opens);
  if (!dialog?.showModal) return;
  event.preventDefault();
  dialog.showModal();
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target;
  // Parts of a form ask for something too.
  if (!form.matches?.("form[data-closes]") || !event.detail.successful) return;
  document.getElementById(form.dataset.closes)?.close();
  form.reset();
});
