import { createHmac, subtle, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import https from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";

import { sign, verify } from "@octokit/webhooks-methods";
import { jwtVerify } from "jose";
import { WebhooksHelper } from "square";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { selfSigned } from "./self-signed.ts";

/** A fact that no longer holds is to be changed in src/transport. */
describe("TLS of Node", () => {
  let server: https.Server;
  let port: number;

  beforeAll(async () => {
    server = https.createServer(selfSigned, (_request, response) => response.end("ok"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => server.close());

  const get = (options: https.RequestOptions) =>
    new Promise<string | undefined>((resolve) => {
      const request = https.get({ host: "127.0.0.1", port, agent: false, ...options }, (response) => {
        response.resume();
        resolve(`status ${response.statusCode}`);
      });
      request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    });

  it("refuses a certificate that nobody vouches for, unless rejectUnauthorized is false", async () => {
    expect(await get({})).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(await get({ rejectUnauthorized: false })).toBe("status 200");
  });

  it("accepts another host's certificate when checkServerIdentity finds no fault", async () => {
    const { cert: ca } = selfSigned;
    expect(await get({ ca, servername: "api.psp.example" })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(await get({ ca, servername: "api.psp.example", checkServerIdentity: () => undefined })).toBe("status 200");
  });

  it("has TLS 1.2 as its lower limit", () => {
    expect(tls.DEFAULT_MIN_VERSION).toBe("TLSv1.2");
  });
});

describe("timingSafeEqual", () => {
  const mac = createHmac("sha256", "key").update("body").digest();

  it("throws for another length, and for text", () => {
    expect(() => timingSafeEqual(Buffer.from("forged"), mac)).toThrow(
      expect.objectContaining({ code: "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH" }),
    );
    expect(() => timingSafeEqual("forged" as never, mac)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
  });

  it("needs the lengths of the bytes: texts of equal length may have different ones", () => {
    const [given, expected] = ["é".repeat(64), mac.toString("hex")];
    expect(given.length).toBe(expected.length);
    expect(() => timingSafeEqual(Buffer.from(given), Buffer.from(expected))).toThrow(RangeError);
    expect(Buffer.byteLength(given) === Buffer.byteLength(expected)).toBe(false);
  });
});

describe("checks that answer with a Promise", () => {
  it("is true in a condition for a forged signature", async () => {
    const key = await subtle.importKey("raw", Buffer.from("key"), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    const answers = [
      verify("secret", "body", await sign("other secret", "body")),
      WebhooksHelper.verifySignature({
        requestBody: "body",
        signatureHeader: "forged",
        signatureKey: "key",
        notificationUrl: "https://shop.example",
      }),
      subtle.verify("HMAC", key, Buffer.from("forged"), Buffer.from("body")),
    ];
    for (const answer of answers) {
      expect(Boolean(answer)).toBe(true);
      expect(await answer).toBe(false);
    }
    await expect(jwtVerify("e30.e30.AA", Buffer.alloc(32))).rejects.toThrow();
  });
});
