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

// What systems keep in folders for themselves (.DS_Store, ._photo.jpg, a NAS's thumbnails) was not meant.
const KEPT_BY_SYSTEMS = new Set(["__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN"]);
const isHidden = (name) => name.startsWith(".") || KEPT_BY_SYSTEMS.has(name);

async function walk(entry, inside = false) {
  if (inside && isHidden(entry.name)) return [];
  if (entry.isDirectory) {
    const entries = await readAll(entry.createReader());
    const nested = [];
    for (const child of entries) nested.push(...(await walk(child, true)));
    return nested;
  }
  return new Promise((resolve) => entry.file((file) => resolve([file]), () => resolve([])));
}

async function filesOf(transfer) {
  // The entries must be taken before the first await: the browser empties the list after the event.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files];
  const files = [];
  for (const entry of entries) files.push(...(await walk(entry)));
  return files;
}

export function acceptDrops(veil, take) {
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
    take(await filesOf(event.dataTransfer));
  });
}
