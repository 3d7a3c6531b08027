// What plots are drawn with: a canvas knows none of the page's colours.

export const COLUMNS = ["--plot-0", "--plot-1", "--plot-2", "--plot-3"];
export const DASHES = [[], [6, 4], [2, 3], [8, 3, 2, 3]]; // px; told apart without colours too

export const resolved = (element, name) => {
  // light-dark() is resolved where it is used, not where it is declared.
  element.style.color = `var(${name})`;
  const value = getComputedStyle(element).color;
  element.style.color = "";
  return value;
};

export const faint = (colour, share) => colour.replace(/^rgb\((.*)\)$/, `rgb($1, ${share})`);

export const fontOf = (element, size) => `${size}px ${getComputedStyle(element).fontFamily}`;

// Call it whenever the page's colours are others than before.
export function onOtherColours(draw) {
  matchMedia("(prefers-color-scheme:dark)").addEventListener("change", draw);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
