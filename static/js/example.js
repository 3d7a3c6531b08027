// Search by a photo: one that is dropped or chosen is sent at once. Without this script a button sends it.

const form = document.getElementById("example-form");
const field = document.getElementById("example-photo");
const holdsFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");

function send() {
  if (!field.files.length) return;
  form.querySelector(".example-waiting").hidden = false;
  form.requestSubmit();
}

function takeDrops() {
  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    form.dataset.over = "";
  });
  addEventListener("dragleave", ({ relatedTarget }) => relatedTarget || delete form.dataset.over);
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    delete form.dataset.over;
    // One photo is enough.
    const one = new DataTransfer();
    if (event.dataTransfer.files[0]) one.items.add(event.dataTransfer.files[0]);
    field.files = one.files;
    send();
  });
}

if (form) {
  field.addEventListener("change", send);
  takeDrops();
}
// What was found is what one came for.
document.getElementById("example-found-title")?.focus({ preventScroll: true });
