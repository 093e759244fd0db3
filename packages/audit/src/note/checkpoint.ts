import type { Frontier } from "../tree/merkle.ts";
import { rootOf } from "../tree/merkle.ts";

/** What a C2SP tlog-checkpoint says: the tree of the log `origin` had this root at this size. */
export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
}

export function formatHead(origin: string, tree: Frontier): string {
  return `${origin}\n${tree.size}\n${rootOf(tree).toString("base64")}\n`;
}

/** Reads origin, size and root; extension lines are refused, as Holdfast writes none. */
export function parseHead(body: string): TreeHead | undefined {
  const match = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(body);
  if (!match) return undefined;
  const root = Buffer.from(match[3]!, "base64");
  const size = Number(match[2]);
  if (root.toString("base64") !== match[3] || !Number.isSafeInteger(size)) return undefined;
  return { origin: match[1]!, size, root };
}
