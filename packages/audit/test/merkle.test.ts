import { expect, test } from "vitest";
import { append, EMPTY_ROOT, emptyFrontier, leafHash, nodeHash, rootOf } from "../src/tree/merkle.ts";

// Leaves and roots of merkle_tree_test.cc of the certificate-transparency project.
const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

test("the tree without leaves has the root RFC 6962 gives", () => {
  expect(EMPTY_ROOT.toString("hex")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(rootOf(emptyFrontier)).toEqual(EMPTY_ROOT);
});

test("the published roots of one to eight leaves are reproduced", () => {
  let tree = emptyFrontier;
  const roots = LEAVES.map((leaf) => rootOf((tree = append(tree, leafHash(Buffer.from(leaf, "hex"))))).toString("hex"));
  expect(roots).toEqual(ROOTS);
});

test("the frontier gives the recursive definition's root at every size to 300", () => {
  const leaves = Array.from({ length: 300 }, (_, index) => leafHash(Buffer.from(String(index))));
  let tree = emptyFrontier;
  for (const [index, leaf] of leaves.entries()) {
    tree = append(tree, leaf);
    expect(rootOf(tree)).toEqual(recursive(leaves.slice(0, index + 1)));
  }
});

test("the tree of seven leaves that RFC 6962 section 2.1.3 draws, and the four steps it grows in, are reproduced", () => {
  const data = Array.from({ length: 7 }, (_, index) => Buffer.from(`d${index}`));
  const [a, b, c, d, e, f, j] = data.map(leafHash) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  const [g, h, i] = [nodeHash(a, b), nodeHash(c, d), nodeHash(e, f)];
  const [k, l] = [nodeHash(g, h), nodeHash(i, j)];
  const steps = new Map([
    [3, nodeHash(g, c)],
    [4, k],
    [6, nodeHash(k, i)],
    [7, nodeHash(k, l)],
  ]);
  let tree = emptyFrontier;
  for (const [index, leaf] of [a, b, c, d, e, f, j].entries()) {
    tree = append(tree, leaf);
    if (steps.has(index + 1)) expect(rootOf(tree)).toEqual(steps.get(index + 1));
  }
});

function recursive(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return nodeHash(recursive(leaves.slice(0, split)), recursive(leaves.slice(split)));
}
