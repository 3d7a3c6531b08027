// Reads files and tells their SHA-256, beside the page: {id, file} comes in, {id, result} goes out, null where it can't be read.

import { Sha256 } from "./sha256.js";

const PIECE = 4 * 2 ** 20;
// The browser's own needs the whole file in memory.
const WHOLE = 64 * 2 ** 20;

async function hashOf(file) {
  if (globalThis.crypto?.subtle && file.size <= WHOLE) {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  const hash = new Sha256();
  for (let at = 0; at < file.size; at += PIECE) {
    hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
  }
  return hash.digest();
}

addEventListener("message", async ({ data: { id, file } }) => {
  const result = await hashOf(file).catch(() => null);
  postMessage({ id, result });
});
