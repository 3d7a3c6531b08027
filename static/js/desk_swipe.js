// Answers by thumb: to the right, to the left, and up where nothing scrolls there.

const FAR = 72; // px, from which on a swipe is one
const WAYS = { right: [1, 0], left: [-1, 0], up: [0, -1] };

function wayOf(x, y) {
  if (Math.abs(x) > Math.abs(y) * 1.5) return x > 0 ? "right" : "left";
  return y < 0 && Math.abs(y) > Math.abs(x) * 1.5 ? "up" : "";
}

// Hear of each swipe over what is marked so in `root`.
export function onSwipe(root, act) {
  let from = null;
  const end = () => {
    if (!from) return;
    from.area.style.translate = "";
    delete from.area.dataset.swipe;
    from = null;
  };
  root.addEventListener("pointerdown", ({ target, pointerType, isPrimary, clientX, clientY }) => {
    const area = target.closest("[data-swipe]");
    end();
    if (area && isPrimary && pointerType !== "mouse") from = { area, way: "", x: clientX, y: clientY };
  });
  root.addEventListener("pointermove", ({ isPrimary, clientX, clientY }) => {
    if (!from || !isPrimary) return;
    const [x, y] = [clientX - from.x, clientY - from.y];
    const way = wayOf(x, y);
    from.way = way;
    from.area.dataset.swipe = way && Math.hypot(x, y) > FAR ? way : "";
    // With the finger, in that direction alone.
    const [across, down] = WAYS[way] ?? [0, 0];
    from.area.style.translate = `${across && x}px ${down && y}px`;
  });
  // Else a browser that scrolls on after a quick swipe takes the next tap for the end of that: no button would hear of it.
  const isOurs = ({ area, way }) => way && (way !== "up" || getComputedStyle(area).touchAction === "none");
  root.addEventListener(
    "touchmove",
    (event) => {
      if (from && isOurs(from) && event.cancelable) event.preventDefault();
    },
    { passive: false },
  );
  root.addEventListener("pointerup", () => {
    const way = from?.area.dataset.swipe;
    end();
    if (way) act(way);
  });
  root.addEventListener("pointercancel", end);
}
