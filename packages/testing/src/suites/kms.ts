import { randomUUID } from "node:crypto";
import { kmsClient } from "../servers/kms-client.ts";
import type { KmsClient } from "../servers/kms-client.ts";
import { forSuite, sharedServer } from "./suite.ts";
import type { Shared } from "./broker.ts";

export interface SuiteKms extends Shared<"kms">, KmsClient {
  /** Start every alias of this suite with it, `alias/…-`: aliases are one namespace for all suites. */
  aliasPrefix: string;
  /** Creates a symmetric key and answers its ARN. */
  createKey: () => Promise<string>;
}

/** A real AWS KMS API for the suite. Keys of different suites do not meet: nobody else knows their ids. */
export function useKms(): SuiteKms {
  return forSuite(async () => {
    const kms = await sharedServer("kms");
    const client = kmsClient(kms);
    const createKey = async (): Promise<string> => (await client.call("CreateKey", {})).KeyMetadata.Arn as string;
    return {
      value: { ...kms, ...client, aliasPrefix: `alias/${randomUUID().slice(0, 8)}-`, createKey },
      close: () => Promise.resolve(),
    };
  });
}
