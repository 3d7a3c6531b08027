// Short messages: seen at the bottom of the page, and read out by a screen reader.

const STAY = 6000;

function expire(element) {
  // What went wrong stays until someone has read it.
  if (element.dataset.level?.includes("error")) return;
  let timer = setTimeout(() => element.remove(), STAY);
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("focusin", () => clearTimeout(timer));
  element.addEventListener("pointerleave", () => {
    timer = setTimeout(() => element.remove(), STAY);
  });
}

export function toast(text, level = "info") {
  const template = document.getElementById("toast-template");
  const element = template.content.firstElementChild.cloneNode(true);
  element.dataset.level = level;
  element.querySelector("[data-text]").textContent = text;
  document.getElementById("toasts").append(element);
  expire(element);
}

// For a screen reader only: what the page already shows otherwise.
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

document.querySelectorAll(".toast").forEach(expire);
document.addEventListener("click", (event) => {
  event.target.closest?.("[data-dismiss]")?.closest(".toast").remove();
});
