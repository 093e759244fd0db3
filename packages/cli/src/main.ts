import { createProgram } from "./program.ts";

// `exec` writes nothing itself, and making the streams would keep its program waiting.
if (process.argv[2] !== "exec") endWithReader();

run(process.argv).then(
  (code) => void (process.exitCode = code),
  async (error: unknown) => {
    endWithReader();
    const [{ failureOf }, { reportFailure }] = await Promise.all([import("./output/failure-of.ts"), import("./output/report-failure.ts")]);
    const failure = failureOf(error);
    reportFailure(failure, process.argv);
    process.exitCode = failure.text.exitCode;
  },
);

async function run(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const ended = (code: number) => {
    exitCode = code;
  };
  await createProgram(ended, argv[2]).parseAsync(argv);
  return exitCode;
}

/** A reader that went away (`| head`) is no error of ours. */
function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
      throw error;
    });
  }
}
