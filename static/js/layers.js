// The layers over photos are their checkboxes, with no script between a click and the photo. Which are on is kept in a
// cookie, by which the server checks them: a layer that is off is off from the first paint.

const YEAR = 31_536_000;

// To be called once; `changed` is called whenever a layer was switched.
export function rememberLayers(changed) {
  document.addEventListener("change", ({ target }) => {
    const layers = target.closest("[data-layers]");
    if (!layers) return;
    const on = [...layers.elements].filter(({ checked }) => checked).map(({ name }) => name);
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `layers=${on.join(".") || "none"};path=/photos/;max-age=${YEAR};samesite=lax${secure}`;
    changed();
  });
}
