import { basename, dirname, resolve } from "node:path";

import { namedPlaces } from "eslint-plugin-holdfast";

/** A place elsewhere that decides a finding. */
export interface RelatedPlace {
  /** Absolute. */
  readonly filePath: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** The places that a message about `path` names as its evidence, judged by the policy of `policyFile`. */
export function relatedPlaces(message: string, path: string, policyFile: string | undefined): RelatedPlace[] {
  return namedPlaces(message, policyFile && basename(policyFile)).flatMap((place): RelatedPlace[] => {
    const { line } = place;
    switch (place.in) {
      case "this file":
        return [{ filePath: path, line, message: "What the call does is decided here" }];
      case "another file":
        return [{ filePath: resolve(dirname(path), place.path), line, message: "What the call does is decided here" }];
      case "policy":
        return policyFile === undefined ? [] : [{ filePath: policyFile, line, message: "The budget is declared here" }];
    }
  });
}
