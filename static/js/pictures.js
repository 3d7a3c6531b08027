// A wall comes with small pictures, so that it stands soon on any line; where there is room and the line is quick, those
// in sight get the larger ones. Phones, whose rows are low, and slow lines keep the small ones.

const PHONE = matchMedia("(width < 640px)");
const SMALL_SIDE = 320;
// ms: a small picture that took longer came over a slow line. Not every browser tells of its line.
const LONG = 1500;

function isSlow() {
  const { connection } = navigator;
  if (connection?.saveData || (connection?.effectiveType ?? "4g") !== "4g") return true;
  const taken = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/small.jpg"));
  return taken.slice(-20).some(({ duration }) => duration > LONG);
}

const needsMore = (image) => Math.max(image.clientWidth, image.clientHeight) * devicePixelRatio > SMALL_SIDE;

async function enlarge(image) {
  const { larger } = image.dataset;
  if (!larger || image.getAttribute("src") === larger || PHONE.matches || !needsMore(image) || isSlow()) return;
  // Decoded before it is shown, or the picture would go white in between.
  const next = new Image();
  next.src = larger;
  const isThere = await next.decode().then(() => true, () => false);
  if (isThere && image.dataset.larger === larger) image.src = larger;
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      if (target.complete) enlarge(target);
      else target.addEventListener("load", () => enlarge(target), { once: true });
    }
  },
  { rootMargin: "50%" },
);

// Look after the pictures in a part of the page that is new.
export function watchPictures(part) {
  for (const image of part.querySelectorAll("img[data-larger]")) seen.observe(image);
}

// What is to come first, the page itself and what it shows at once, has come.
const ready = document.readyState === "complete" ? Promise.resolve() : new Promise((go) => addEventListener("load", go));
ready.then(() => watchPictures(document));
