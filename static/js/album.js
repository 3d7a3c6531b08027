// An album's own form of upload is sent as soon as files are chosen.

document.querySelector("[data-sends-at-once]")?.addEventListener("change", (event) => {
  if (event.target.files.length) event.target.form.requestSubmit();
});
