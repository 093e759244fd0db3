import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../src/obtain/command.ts";
import { startServer } from "../src/servers/start-server.ts";
import { describeWithServers, useEditor } from "../src/vitest.ts";

describeWithServers("the editor", () => {
  const editor = useEditor();
  let home: string;
  beforeAll(() => void (home = mkdtempSync(join(tmpdir(), "holdfast-editor-test-"))));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("serves its page on loopback", async () => {
    const server = await startServer({
      label: "code-server",
      ports: 1,
      prepare: ({ folder, port }) =>
        Promise.resolve({
          executable: editor.codeServer,
          args: ["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--user-data-dir", folder, "--config", join(folder, "config.yaml")],
          env: { ...process.env, HOME: folder },
          stopSignal: "SIGTERM",
        }),
      isReady: async ({ port, signal }) => (await fetch(`http://127.0.0.1:${port}/healthz`, { signal })).ok,
    });
    const page = await fetch(`http://127.0.0.1:${server.port}/`);
    expect(await page.text()).toContain("vscode-workbench-web-configuration");
    await server.stop();
  });

  it("has a browser that renders a page", async () => {
    const page = "data:text/html,<title>x</title><script>document.title = 6 * 7</script>";
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${home}`, "--dump-dom"];
    expect(await run(editor.chromium, [...flags, page])).toContain("<title>42</title>");
  });
});
