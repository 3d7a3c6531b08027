// The forms about emotion networks.

const { body } = document;

// The lists of a form may change while it is filled in; what was chosen stays, if it is there.
body.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const { target, fragment } = detail;
  if (!(target instanceof HTMLSelectElement)) return;
  const chosen = [...fragment.querySelectorAll("option")].find((option) => option.value === target.value);
  if (chosen) chosen.selected = true;
});

document.addEventListener("change", ({ target }) => {
  const most = Number(target.dataset.mostBytes);
  if (!most) return;
  const isTooLarge = target.files[0]?.size > most;
  target.setCustomValidity(isTooLarge ? `This file has more than ${most >> 20} MB, the most for a network.` : "");
  target.reportValidity();
});
