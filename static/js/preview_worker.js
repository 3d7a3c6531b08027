// Makes a small picture of a file, beside the page: {id, file} comes in, {id, result} goes out, null where it can't be read.

const SIDE = 224;

async function previewOf(file) {
  const picture = await createImageBitmap(file, { resizeWidth: SIDE, resizeQuality: "medium" });
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(picture, 0, 0);
  picture.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
}

addEventListener("message", async ({ data: { id, file } }) => {
  const result = await previewOf(file).catch(() => null);
  postMessage({ id, result });
});
