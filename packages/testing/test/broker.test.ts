import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { askBroker, startBroker, type Broker } from "../src/suites/broker.ts";
import { describeWithServers, useRedis } from "../src/vitest.ts";

let broker: Broker;
beforeEach(async () => {
  broker = await startBroker();
});
afterEach(() => broker.stop());

describeWithServers("the broker of a run", () => {
  // What is missing is unpacked here, before the time of a test runs.
  useRedis();

  it("starts one server for all who ask, and ends it with the run", async () => {
    const [one, other] = await Promise.all([askBroker(broker.url, "redis"), askBroker(broker.url, "redis")]);
    expect(other).toEqual(one);
    await broker.stop();
    await expect(once(connect(one.port, one.host), "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("a broker that cannot get a server", () => {
  const cache = mkdtempSync(join(tmpdir(), "holdfast-broker-test-"));
  beforeEach(() => {
    vi.stubEnv("HOLDFAST_CACHE", cache);
    vi.stubEnv("PATH", "");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true, force: true });
  });

  it("tells every suite what is missing and how to get it", async () => {
    for (const suite of ["first", "second"]) {
      await expect(askBroker(broker.url, "kms"), suite).rejects.toThrow(
        /there is no `python3` on PATH\.\n {2}Install Python 3\.10 or newer/,
      );
    }
  });

  it("serves nobody who does not know its address", async () => {
    const stranger = broker.url.replace(/[^/]*$/, "00000000-0000-0000-0000-000000000000");
    expect((await fetch(`${stranger}/kms`)).status).toBe(404);
  });
});
