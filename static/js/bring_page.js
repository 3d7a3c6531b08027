// Pages on which people are brought in: by a drop, or chosen as a folder or files.

import { bring } from "./bring.js";
import { acceptDrops } from "./drop.js";

acceptDrops(document.querySelector(".drop-veil"), bring);

for (const input of document.querySelectorAll("#bring-folder, #bring-files")) {
  input.addEventListener("change", () => {
    bring([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
    // The same may be chosen again.
    input.value = "";
  });
}
