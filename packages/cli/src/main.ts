import { failureOf } from "./output/failure-of.ts";
import { reportFailure } from "./output/report-failure.ts";
import { createProgram } from "./program.ts";

// A reader that went away (`| head`) is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
}

run(process.argv).then(
  (code) => void (process.exitCode = code),
  (error: unknown) => {
    const failure = failureOf(error);
    reportFailure(failure, process.argv);
    process.exitCode = failure.text.exitCode;
  },
);

async function run(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  await createProgram((code) => {
    exitCode = code;
  }).parseAsync(argv);
  return exitCode;
}
