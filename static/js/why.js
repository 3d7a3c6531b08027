// "Why?" opens in a dialog over the photo; a press that wants another tab or window gets the page of its own.

const isForElsewhere = ({ ctrlKey, metaKey, shiftKey, altKey }) => ctrlKey || metaKey || shiftKey || altKey;

export function openWhy() {
  document.addEventListener(
    "click",
    (event) => {
      // htmx would fetch it into the dialog all the same.
      if (event.target.closest?.("[data-why]") && isForElsewhere(event)) event.stopImmediatePropagation();
    },
    true,
  );
  document.body.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id !== "why") return;
    const dialog = document.getElementById("why-dialog");
    if (!dialog.open) dialog.showModal();
    document.getElementById("why-title").focus();
  });
}
