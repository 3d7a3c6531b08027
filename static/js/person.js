// A chosen portrait is sent at once; without this script the form has a button of its own.

// As many as the server gives at once: PAGE in gallery/views/photos.py.
const FIRST_PAGE = 60;

document.body.addEventListener("change", (event) => {
  if (event.target.matches(".portrait-form input[type=file]") && event.target.files.length > 0) {
    event.target.form.requestSubmit();
  }
});

// Whoever has scrolled on keeps their place: only the first page of photos is fetched anew.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const photos = event.target.closest?.("#person-photos");
  if (photos === event.target && photos.querySelectorAll(".card").length > FIRST_PAGE) event.preventDefault();
});
