// `npm test`: every check of the repository, cheap ones first. The closing line adds up all of them.
//   npm test -- --no-servers    leaves out what needs Vault, KMS, PostgreSQL, Redis or VS Code
//   npm test -- <words>         runs only the test files whose path holds one of the words
import { runChecks, type Check, type Counts } from "./test/checks.ts";
import { vitest } from "./test/vitest.ts";

const words = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const options = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const unknown = options.filter((option) => option !== "--no-servers");
if (unknown.length > 0) {
  process.stderr.write(
    `holdfast: ${unknown.join(" ")} is no option of npm test; there is --no-servers, and words that test files' paths hold.\n`,
  );
  process.exit(2);
}

const staticChecks: Check[] = [
  { name: "format", command: ["prettier", "--check", "--log-level=warn", "."], repair: "npx prettier --write ." },
  {
    name: "import rules",
    command: ["depcruise", "--config", ".dependency-cruiser.js", "packages"],
    repair: "docs/architecture.md says who may import whom",
  },
  { name: "types", command: ["tsc", "--project", "tsconfig.json"] },
  { name: "types of the example", command: ["tsc", "--project", "examples/payments-service"] },
  { name: "types of the fixed example", command: ["tsc", "--project", "examples/payments-service-fixed"] },
  { name: "lint, our own rules on", command: ["eslint", "--max-warnings=0", "."], repair: "npx eslint --fix ." },
];

const totals: Counts[] = [];
if (words.length === 0) totals.push(await runChecks(staticChecks));
totals.push(await vitest({ words, servers: options.includes("--no-servers") ? "without" : "with" }));

const sum = (key: keyof Counts) => totals.reduce((total, counts) => total + counts[key], 0);
const skipped = sum("skipped");
process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
