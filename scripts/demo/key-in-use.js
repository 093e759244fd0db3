// A program that is given its secrets by `holdfast exec`: it prints a fingerprint of one, never the value.
import { createHash } from "node:crypto";

const key = process.env.SESSION_SIGNING_KEY ?? "";
console.log(
  `key-in-use.js got a session key of ${key.length} characters, SHA-256 ${createHash("sha256").update(key).digest("hex").slice(0, 12)}…`,
);
