// A chosen portrait is sent at once; without this script the form has a button of its own.

document.querySelector(".portrait-form input[type=file]")?.addEventListener("change", (event) => {
  if (event.target.files.length > 0) event.target.form.requestSubmit();
});
