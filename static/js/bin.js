// The bin: with Shift a box takes those between it and the last one along.

let last = null;

document.body.addEventListener("click", ({ target, shiftKey }) => {
  if (!target.matches(".bin-photo input")) return;
  const boxes = [...document.querySelectorAll(".bin-photo input")];
  const [here, there] = [boxes.indexOf(target), boxes.indexOf(last)];
  if (shiftKey && there >= 0) {
    const [first, end] = here < there ? [here, there] : [there, here];
    for (const box of boxes.slice(first, end + 1)) box.checked = target.checked;
  }
  last = target;
});
