// Files and folders dropped anywhere on the page.

function readAll(reader) {
  // readEntries hands out at most a hundred at a time, until it hands out none.
  return new Promise((resolve) => {
    const found = [];
    const next = () =>
      reader.readEntries((batch) => {
        if (batch.length === 0) resolve(found);
        else {
          found.push(...batch);
          next();
        }
      }, () => resolve(found));
    next();
  });
}

// What systems keep in folders for themselves (.DS_Store, ._photo.jpg, a NAS's thumbnails) was not meant: the server
// says by which names.
async function walk(entry, isHidden, inside = false) {
  if (inside && isHidden(entry.name)) return [];
  if (entry.isDirectory) {
    const entries = await readAll(entry.createReader());
    const nested = [];
    for (const child of entries) nested.push(...(await walk(child, isHidden, true)));
    return nested;
  }
  const path = entry.fullPath.slice(1);
  return new Promise((resolve) => entry.file((file) => resolve([{ file, path }]), () => resolve([])));
}

async function filesOf(transfer, isHidden) {
  // The entries must be taken before the first await: the browser empties the list after the event.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const files = [];
  for (const entry of entries) files.push(...(await walk(entry, isHidden)));
  return files;
}

// `take` gets the files, each with its `path` within what was dropped.
export function acceptDrops(veil, take) {
  const keptBySystems = new Set(veil.dataset.keptBySystems.split(" "));
  const isHidden = (name) => name.startsWith(".") || keptBySystems.has(name);
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    veil.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    // Only leaving the window has no element on the other side.
    if (!event.relatedTarget) veil.hidden = true;
  });
  document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    veil.hidden = true;
    take(await filesOf(event.dataTransfer, isHidden));
  });
}
