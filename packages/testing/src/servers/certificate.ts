import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findOnPath, run } from "../obtain/command.ts";
import { MissingToolError } from "../obtain/missing-tool.ts";

export interface Certificate {
  /** PEM files: the private certificate authority, and what the server presents (for localhost and 127.0.0.1). */
  ca: string;
  certificate: string;
  key: string;
}

/** A certificate for a loopback server, signed by a certificate authority made for it alone; valid for a day. */
export async function createCertificate(folder: string): Promise<Certificate> {
  const openssl = await findOnPath("openssl");
  if (openssl === undefined) {
    throw new MissingToolError({
      tool: "openssl",
      why: "it makes the certificates of the TLS tests",
      remedy: "Install it (Debian: apt-get install openssl).",
    });
  }
  const file = (name: string): string => join(folder, name);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await run(openssl, [
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    file("ca.key"),
    "-out",
    file("ca.pem"),
    "-days",
    "1",
    "-subj",
    "/CN=Holdfast test CA",
  ]);
  await run(openssl, ["req", ...newKey, "-keyout", file("server.key"), "-out", file("server.csr"), "-subj", "/CN=localhost"]);
  await writeFile(file("san.cnf"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  const signing = ["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial", "-days", "1", "-extfile", file("san.cnf")];
  await run(openssl, ["x509", "-req", "-in", file("server.csr"), ...signing, "-out", file("server.pem")]);
  return { ca: file("ca.pem"), certificate: file("server.pem"), key: file("server.key") };
}
