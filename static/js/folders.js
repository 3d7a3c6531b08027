// A folder that was dropped may become an album of its name: that is offered once all of its photos are here.

import { fill, ngettext } from "./words.js";

const form = document.getElementById("folder-album");
const following = [];

function offer({ name, items }) {
  const keys = [...new Set(items.map((item) => item.key).filter(Boolean))];
  if (keys.length === 0) return;
  const words = ngettext(
    "{count} photo of the folder “{name}” is here.",
    "{count} photos of the folder “{name}” are here.",
    keys.length,
  );
  form.querySelector("[data-words]").textContent = fill(words, { count: keys.length, name });
  form.elements.name.value = name.slice(0, 100);
  const fields = keys.map((key) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "photo", value: key });
    return field;
  });
  form.querySelector("[data-photos]").replaceChildren(...fields);
  form.hidden = false;
}

// Remember that these items are sent for these files, if all of them are of one folder.
export function follow(found, items) {
  const names = new Set(found.map(({ path }) => (path.includes("/") ? path.split("/")[0] : "")));
  const [name] = names;
  if (form && names.size === 1 && name) following.push({ name, items });
}

// Say that an item is not waited for any more, with the photo's key where it is here.
export function settle(item, key) {
  item.isSettled = true;
  if (key) item.key = key;
  const folder = following.find(({ items }) => items.includes(item));
  if (folder?.items.every((one) => one.isSettled)) offer(folder);
}
