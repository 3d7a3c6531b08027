// A select has no room for a method's whole name on a phone: below it stands what is chosen, in full.

document.addEventListener("change", ({ target }) => {
  const chosen = target.matches("select") && document.querySelector(`[data-chosen="${CSS.escape(target.id)}"]`);
  const method = chosen && chosen.parentElement.querySelector(`[data-method="${CSS.escape(target.value)}"]`);
  if (method) chosen.replaceChildren(...[...method.childNodes].map((node) => node.cloneNode(true)));
});
