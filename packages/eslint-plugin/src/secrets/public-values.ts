import { createHash } from "node:crypto";

/**
 * Values that documentation publishes for everybody to use, by the start of their SHA-256: the keys of Azurite and of the Cosmos DB emulator, and the
 * keys of Stripe's API reference. They open nothing of anybody's.
 */
const published = new Set(["0011cc25eb432071", "aa6547439583c3a2", "2cafc0970149a84f", "f2d6ca16515033e5", "2d1f7723aabc5c7a"]);

export function isPublished(value: string): boolean {
  return published.has(createHash("sha256").update(value).digest("hex").slice(0, 16));
}
