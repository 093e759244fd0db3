/**
 * Puts a data key together again that sops split among key groups: Shamir's scheme over GF(2^8) (polynomial 0x11b), each share one byte longer
 * than the key, its last byte the x coordinate. Source: getsops/sops v3.11.0, shamir/shamir.go.
 */
export function combineShares(shares: readonly Uint8Array[]): Uint8Array {
  const xs = shares.map((share) => share.at(-1) ?? 0);
  const length = (shares[0]?.length ?? 1) - 1;
  return Uint8Array.from({ length }, (_, index) =>
    interpolateAtZero(
      xs,
      shares.map((share) => share[index] ?? 0),
    ),
  );
}

/** Lagrange's polynomial at 0; in this field subtraction is addition, and both are XOR. */
function interpolateAtZero(xs: readonly number[], ys: readonly number[]): number {
  let sum = 0;
  for (const [i, xi] of xs.entries()) {
    let basis = 1;
    for (const [j, xj] of xs.entries()) if (i !== j) basis = multiply(basis, multiply(xj, invert(xi ^ xj)));
    sum ^= multiply(basis, ys[i] ?? 0);
  }
  return sum;
}

function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ (product & 0x80 ? 0x11b : 0);
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}

/** a^254, as a^255 is 1 for every a but 0. */
function invert(a: number): number {
  let result = 1;
  for (let count = 0; count < 254; count += 1) result = multiply(result, a);
  return result;
}
