// The forms about emotion networks.

document.addEventListener("change", ({ target }) => {
  const most = Number(target.dataset.mostBytes);
  if (!most) return;
  const isTooLarge = target.files[0]?.size > most;
  target.setCustomValidity(isTooLarge ? `This file has more than ${most >> 20} MB, the most for a network.` : "");
  target.reportValidity();
});
