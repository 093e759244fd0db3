import { expect, it } from "vitest";
import { describeWithServers, useKms } from "../src/vitest.ts";

describeWithServers("the shared KMS API", () => {
  const kms = useKms();

  it("decrypts what it encrypted under the same encryption context, also after the key rotated", async () => {
    const KeyId = await kms.createKey();
    const EncryptionContext = { secret: "stripe" };
    const plaintext = Buffer.from("data key").toString("base64");
    const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, EncryptionContext, Plaintext: plaintext });
    await kms.call("RotateKeyOnDemand", { KeyId });
    expect((await kms.call("ListKeyRotations", { KeyId })).Rotations).toMatchObject([{ RotationType: "ON_DEMAND" }]);
    expect((await kms.call("Decrypt", { CiphertextBlob, EncryptionContext })).Plaintext).toBe(plaintext);
    await expect(kms.call("Decrypt", { CiphertextBlob, EncryptionContext: { secret: "other" } })).rejects.toThrow(
      "InvalidCiphertextException",
    );
  });

  it("finds a key by an alias of the suite", async () => {
    const KeyId = await kms.createKey();
    const AliasName = `${kms.aliasPrefix}app`;
    await kms.call("CreateAlias", { AliasName, TargetKeyId: KeyId });
    expect((await kms.call("DescribeKey", { KeyId: AliasName })).KeyMetadata.Arn).toBe(KeyId);
    await expect(kms.call("CreateAlias", { AliasName, TargetKeyId: KeyId })).rejects.toThrow("AlreadyExistsException");
  });
});
