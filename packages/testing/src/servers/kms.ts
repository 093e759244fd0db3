import { obtainMoto } from "../obtain/moto.ts";
import { serverEnvironment } from "./environment.ts";
import { startServer } from "./start-server.ts";

export interface KmsServer {
  /** Give it to a client as `endpoint`, or set AWS_ENDPOINT_URL_KMS to it. */
  endpoint: string;
  region: string;
  /** Any credentials are accepted; a client still wants some. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  stop: () => Promise<void>;
}

/** The AWS KMS API, answered by moto with keys in memory. Where moto differs from AWS is listed in docs/testing.md. */
export async function startKms(): Promise<KmsServer> {
  const python = await obtainMoto();
  const server = await startServer({
    label: "The AWS KMS API (moto)",
    ports: 1,
    prepare: ({ folder, port }) =>
      Promise.resolve({
        executable: python,
        args: ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)],
        env: serverEnvironment(folder),
        stopSignal: "SIGTERM",
      }),
    isReady: async ({ port, signal }) => (await fetch(`http://127.0.0.1:${port}/moto-api/data.json`, { signal })).ok,
  });
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    stop: server.stop,
  };
}
