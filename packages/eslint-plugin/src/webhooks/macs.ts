import { type CallLike, nodesWithin, type SourceFile } from "../calls/source-file.ts";
import { codeOf, namesOf } from "./names.ts";
import type { Reached } from "./request-flow.ts";

/** A call that makes or checks a MAC, a signature or a signed token by hand. */
export function isCryptography(call: CallLike): boolean {
  const names = namesOf(call.callee);
  const name = names.at(-1) ?? "";
  if (/^(?:createHmac|createVerify|createSign|jwtVerify|compactVerify|Hmac[A-Z]\w*|hmacSha\w*|timingSafeEqual|importKey)$/u.test(name))
    return true;
  return /^(?:verify|sign|decode)$/u.test(name) && /^(?:crypto|nodeCrypto|subtle|jwt|jws|jsonwebtoken|jose)$/iu.test(names.at(-2) ?? "");
}

/** Where a MAC is begun: `createHmac("sha256", key)`. */
export function macsIn({ node, file }: Reached): readonly CallLike[] {
  return nodesWithin(file.calls, node).filter(
    (call) => isCryptography(call) && !/^(?:timingSafeEqual|importKey|decode|createSign)$/u.test(namesOf(call.callee).at(-1) ?? ""),
  );
}

/** Whether the code reads a clock, or leaves the age to an option or function that says so. */
export function readsClock({ node, file }: { readonly node: Reached["node"]; readonly file: SourceFile }): boolean {
  return clock.test(codeOf(node, file));
}

export const clock =
  /\bDate\b|\bnow\b|getTime\b|dayjs|moment\b|luxon|performance\.|hrtime|maxTokenAge|maxAge|tolerance|expir|stale|fresh|elapsed|too_?old|isBefore|isAfter|differenceIn|replay/iu;
