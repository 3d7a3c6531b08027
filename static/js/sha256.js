// SHA-256 (FIPS 180-4), for pages without a secure context, to which browsers give none.

const K = new Uint32Array(64);
const START = new Uint32Array(8);
for (let found = 0, number = 2; found < 64; number += 1) {
  let isPrime = true;
  for (let factor = 2; factor * factor <= number; factor += 1) if (number % factor === 0) isPrime = false;
  if (!isPrime) continue;
  // The first 32 bits of the fractional parts of roots of the first primes.
  if (found < 8) START[found] = (Math.sqrt(number) % 1) * 2 ** 32;
  K[found] = (Math.cbrt(number) % 1) * 2 ** 32;
  found += 1;
}

export class Sha256 {
  #state = START.slice();
  #words = new Uint32Array(64);
  #rest = new Uint8Array(64);
  #filled = 0;
  #length = 0;

  update(bytes) {
    this.#length += bytes.length;
    let at = 0;
    if (this.#filled > 0) {
      at = Math.min(64 - this.#filled, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#filled);
      this.#filled += at;
      if (this.#filled < 64) return this;
      this.#block(this.#rest, 0);
    }
    for (; at + 64 <= bytes.length; at += 64) this.#block(bytes, at);
    this.#filled = bytes.length - at;
    this.#rest.set(bytes.subarray(at));
    return this;
  }

  // The digest as hexadecimal digits; nothing can be added after that.
  digest() {
    const [length, end] = [this.#length, new Uint8Array(this.#filled < 56 ? 64 - this.#filled : 128 - this.#filled)];
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(end.length - 4, (length * 8) % 2 ** 32);
    this.update(end);
    return [...this.#state].map((word) => word.toString(16).padStart(8, "0")).join("");
  }

  #block(bytes, at) {
    const [words, state] = [this.#words, this.#state];
    for (let n = 0, from = at; n < 16; n += 1, from += 4) {
      words[n] = (bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3];
    }
    for (let n = 16; n < 64; n += 1) {
      const [x, y] = [words[n - 15], words[n - 2]];
      const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[n] = (words[n - 16] + low + words[n - 7] + high) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let n = 0; n < 64; n += 1) {
      const high = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + high + ((e & f) ^ (~e & g)) + K[n] + words[n]) | 0;
      const low = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }
}
