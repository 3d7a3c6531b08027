// The photo alone on the whole screen. Where a browser lets no page have the screen, as on some phones, the photo has
// the page. Going on from photo to photo there does not load another page, which would end it.

const IDLE = 2500;
const root = document.documentElement;
let idle = 0;
let hasScreen = false;

export const isImmersed = () => "immersed" in root.dataset;

function stir() {
  clearTimeout(idle);
  delete root.dataset.idle;
  if (isImmersed()) idle = setTimeout(() => (root.dataset.idle = ""), IDLE);
}

function show(on) {
  root.toggleAttribute("data-immersed", on);
  document.getElementById("full-screen")?.setAttribute("aria-pressed", on);
  stir();
}

async function enter() {
  show(true);
  try {
    await root.requestFullscreen({ navigationUI: "hide" });
    hasScreen = true;
  } catch {
    // The page alone will do.
  }
}

// Returns false if there was nothing to leave.
export function leaveScreen() {
  if (!isImmersed()) return false;
  show(false);
  if (document.fullscreenElement) document.exitFullscreen();
  hasScreen = false;
}

export const toggleScreen = () => (isImmersed() ? leaveScreen() : enter());

async function turnTo(address, arrived) {
  const answer = await fetch(address).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = document.getElementById("main");
  // Signed out, say: that is a page of its own.
  if (!page?.querySelector(".viewer")) {
    location.assign(address);
    return;
  }
  main.replaceChildren(...page.getElementById("main").childNodes);
  document.title = page.title;
  history.pushState(null, "", address);
  htmx.process(main);
  show(true);
  arrived();
}

// To be called once; `arrived` is called when another photo is shown in the place of the last.
export function letImmerse(arrived) {
  let here = location.pathname;
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#full-screen")) toggleScreen();
    const link = isImmersed() && event.target.closest?.("a[data-key]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    turnTo(link.href, () => {
      here = location.pathname;
      arrived();
    });
  });
  addEventListener("popstate", () => here !== location.pathname && location.reload());
  document.addEventListener("fullscreenchange", () => hasScreen && !document.fullscreenElement && leaveScreen());
  for (const kind of ["pointermove", "pointerdown", "keydown"]) document.addEventListener(kind, stir);
}
