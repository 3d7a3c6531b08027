// Hands each photo's ratio to the stylesheet, which may not stand in a style attribute (the policy forbids those).
// An observer rather than htmx's events: it runs before the next paint, so a swapped card never jumps.

function setRatio(element) {
  element.style.setProperty("--ratio", element.dataset.ratio);
}

function scan(node) {
  if (!(node instanceof Element)) return;
  if (node.dataset.ratio) setRatio(node);
  node.querySelectorAll("[data-ratio]").forEach(setRatio);
}

scan(document.body);
new MutationObserver((records) => {
  for (const record of records) record.addedNodes.forEach(scan);
}).observe(document.body, { childList: true, subtree: true });
