// A classic script that blocks: the colours must stand before the first paint, or the page flashes.
(() => {
  "use strict";
  const KEY = "facesite.theme";
  const root = document.documentElement;
  root.classList.add("js");

  // Storage may be forbidden; the system's own scheme is then what one gets.
  function stored() {
    try {
      return localStorage.getItem(KEY) ?? "system";
    } catch {
      return "system";
    }
  }

  function apply(choice) {
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
  }

  apply(stored());

  document.addEventListener("DOMContentLoaded", () => {
    const current = document.querySelector(`[data-theme-choice] [value="${CSS.escape(stored())}"]`);
    if (current) current.checked = true;
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-theme-choice] input")) return;
    apply(event.target.value);
    try {
      localStorage.setItem(KEY, event.target.value);
    } catch {
      // The choice then lasts as long as the page.
    }
  });
})();
