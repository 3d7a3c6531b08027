// Has a worker do something with files beside the page: {id, file} goes to it, {id, result} comes back, null where it can't.

export function besides(address) {
  let worker = null;
  let last = 0;
  const open = new Map();
  const settle = (id, result) => {
    open.get(id)?.(result);
    open.delete(id);
  };
  function begin() {
    worker = new Worker(address, { type: "module" });
    worker.addEventListener("message", ({ data }) => settle(data.id, data.result));
    worker.addEventListener("error", () => [...open.keys()].forEach((id) => settle(id, null)));
  }
  return (file) => {
    if (!worker) begin();
    last += 1;
    const id = last;
    return new Promise((done) => {
      open.set(id, done);
      worker.postMessage({ id, file });
    });
  };
}
