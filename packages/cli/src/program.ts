import { Command, type CommanderError, InvalidArgumentError, Option } from "commander";

import manifest from "../package.json" with { type: "json" };

/**
 * The command tree. Commands are loaded when they run: `exec` must start about as fast as the program it starts, so nothing here may import the linter.
 * `ended` receives the exit code of the command that ran. When `first`, the first word, names a command, the others are left out.
 */
export function createProgram(ended: (code: number) => void, first?: string): Command {
  const program = new Command("holdfast")
    .description("Checks an API integration before its launch, and pulls and rotates its secrets.")
    .version(manifest.version, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .addHelpText("after", firstSteps);
  const only = first !== undefined && Object.hasOwn(definitions, first) ? definitions[first] : undefined;
  for (const define of only ? [only] : Object.values(definitions)) define(program, ended);
  for (const command of everyCommand(program)) throwInsteadOfExit(command);
  return program;
}

const policy = () => new Option("--policy <file>", "the holdfast.yaml to use; without it the nearest one, going up");
const json = (what: string) => new Option("--json", what);

type Define = (program: Command, ended: (code: number) => void) => void;

/** The commands by name, in the order of the help. */
const definitions: Readonly<Record<string, Define>> = {
  init(program, ended) {
    program
      .command("init")
      .description("find upstreams, secrets and stores in use, and write a commented holdfast.yaml")
      .addOption(new Option("--store <kind>", "where secrets shall live").choices(["local", "vault", "none"]).default("local"))
      .option("--force", "replace holdfast.yaml; a store and its key are kept")
      .addHelpText(
        "after",
        examples(["holdfast init", "an encrypted file in this folder"], ["holdfast init --store vault", "a HashiCorp Vault"]),
      )
      .action(async (options) => ended(await (await import("./commands/init.ts")).init(options)));
  },

  check(program, ended) {
    program
      .command("check")
      .description("lint code and text files with every rule; needs no configuration")
      .argument("[paths...]", "files and folders; this folder without it")
      .addOption(
        new Option("--format <name>", "how to print the findings")
          .choices(["stylish", "json", "sarif", "github", "html"])
          .default("stylish"),
      )
      .option("--output <file>", "write them to this file, replaced as a whole, and a summary to standard error")
      .option("--fix", "apply the safe fixes")
      .option("--quiet", "report errors only")
      .option("--report-unused-disable-directives", "warn of disable comments for rules of Holdfast that silence nothing")
      .option("--max-warnings <n>", "end with 0 when there are no errors and at most this many warnings", wholeNumber)
      .addOption(policy())
      .addHelpText(
        "after",
        examples(
          ["holdfast check", "this folder"],
          ["holdfast check src --fix", "apply what is safe"],
          ["holdfast check --quiet --format json", "errors only, as ESLint prints them"],
          ["holdfast check --format sarif --output holdfast.sarif", "for code scanning"],
        ),
      )
      .action(async (paths, options) => ended(await (await import("./commands/check.ts")).check(paths, options)));
  },

  status(program, ended) {
    program
      .command("status")
      .description("age, due date, phase and store of each secret; ends with 1 when one is overdue")
      .argument("[names...]", "secrets; all without it")
      .addOption(json("print one JSON object"))
      .addOption(policy())
      .addHelpText("after", examples(["holdfast status", "every secret"], ["holdfast status psp/webhook --json", "one, for a program"]))
      .action(async (names, options) => ended(await (await import("./commands/status.ts")).status(names, options)));
  },

  plan(program, ended) {
    program
      .command("plan")
      .description("what rotate would do, step by step; changes nothing")
      .argument("[names...]", "secrets; those that are due without it")
      .option("--all", "every secret that can be rotated")
      .option("--force", "as if the named secrets were due")
      .addOption(json("print one JSON object"))
      .addOption(policy())
      .addHelpText("after", examples(["holdfast plan", "what is due"], ["holdfast plan --force psp/webhook", "as if it were due"]))
      .action(async (names, options) => ended(await (await import("./commands/plan.ts")).plan(names, options)));
  },

  rotate(program, ended) {
    program
      .command("rotate")
      .description("rotate the secrets that are due")
      .argument("[names...]", "secrets; those that are due without it")
      .option("--all", "every secret that can be rotated")
      .option("--force", "rotate the named secrets although they are not due")
      .option("--shard <i/n>", "only part i of n, for runners that share the secrets")
      .option("--concurrency <n>", "rotations under way at the same time; 1 without it")
      .addOption(json("print one JSON object a line, as it happens"))
      .addOption(policy())
      .addHelpText(
        "after",
        examples(["holdfast rotate", "what is due: run it daily"], ["holdfast rotate --force psp/webhook", "now, after a leak"]),
      )
      .action(async (names, options) => ended(await (await import("./commands/rotate.ts")).rotate(names, options)));
  },

  resume(program, ended) {
    program
      .command("resume")
      .description("finish the rotations that a crash or an outage left unfinished")
      .argument("[names...]", "secrets; all unfinished ones without it")
      .option("--shard <i/n>", "only part i of n, for runners that share the secrets")
      .option("--concurrency <n>", "rotations under way at the same time; 1 without it")
      .addOption(json("print one JSON object a line, as it happens"))
      .addOption(policy())
      .addHelpText("after", examples(["holdfast resume", "after a crash, an outage or Ctrl-C"]))
      .action(async (names, options) => ended(await (await import("./commands/rotate.ts")).resume(names, options)));
  },

  set(program, ended) {
    program
      .command("set")
      .description("put a value that was issued elsewhere into the store; it is asked for, or read from standard input")
      .argument("<name>", "the secret")
      .addOption(policy())
      .addHelpText(
        "after",
        examples(["holdfast set psp/api-key", "asks for it"], ["holdfast set psp/api-key < key.txt", "reads it from a file"]),
      )
      .action(async (name, options) => ended(await (await import("./commands/set.ts")).set(name, options)));
  },

  import(program, ended) {
    program
      .command("import")
      .description("bring the values of a .env file into a store, and their names into holdfast.yaml")
      .argument("<file>", "the .env file")
      .argument("[names...]", "variables; without it those whose names look secret")
      .option("--all", "every variable of the file")
      .option("--store <name>", "the store; needed when the policy has several")
      .option("--prefix <path>", "what the names of new secrets begin with")
      .option("--yes", "do not ask")
      .addOption(json("print one JSON object"))
      .addOption(policy())
      .addHelpText(
        "after",
        examples(
          ["holdfast import .env", "shows what would be written, and asks"],
          ["holdfast import .env --prefix payments --yes", "names them payments/…, asks nobody"],
          ["holdfast import .env PSP_API_KEY", "this variable"],
        ),
      )
      .action(async (file, names, options) => ended(await (await import("./commands/import.ts")).importFile(file, names, options)));
  },

  scan(program, ended) {
    program
      .command("scan")
      .description("find values of the store in files, also encoded; says where and whose, and ends with 1 when there is one")
      .argument("[paths...]", "files and folders; this folder without it")
      .addOption(json("print one JSON object"))
      .addOption(policy())
      .addHelpText("after", examples(["holdfast scan", "this folder"], ["holdfast scan dist app.log --json", "for a program"]))
      .action(async (paths, options) => ended(await (await import("./commands/scan.ts")).scan(paths, options)));
  },

  exec(program, ended) {
    program
      .command("exec")
      .description("run a program with its secrets in the environment")
      .argument("<program>", "the program")
      .argument("[arguments...]", "its arguments")
      .usage("[options] -- <program> [arguments...]")
      .option("--pristine", "start with the secrets, PATH, HOME and TERM only, not with the environment of this shell")
      .addOption(policy())
      .passThroughOptions()
      .addHelpText(
        "after",
        examples(
          ["holdfast exec -- node server.js", "ends as node ends"],
          ["holdfast exec --pristine -- ./job", "nothing else of this shell's environment"],
        ),
      )
      .action(async (file, args, options) => ended(await (await import("./commands/exec.ts")).exec(file, args, options)));
  },

  pull(program, ended) {
    program
      .command("pull")
      .description("write the secrets to standard output or to a file that only you can read")
      .argument("[names...]", "secrets; without it all that have an `env` name")
      .addOption(new Option("--format <name>", "what to write").choices(["dotenv", "json", "yaml", "k8s"]).default("dotenv"))
      .option("--output <file>", "write this file, replaced as a whole, with mode 0600")
      .option("--name <name>", "name of the Kubernetes Secret; without it that of the folder", kubernetesName)
      .addOption(policy())
      .addHelpText(
        "after",
        examples(
          ["holdfast pull --output .env", "for node --env-file=.env"],
          ["holdfast pull --format k8s | kubectl apply -f -", "as a Kubernetes Secret"],
        ),
      )
      .action(async (names, options) => ended(await (await import("./commands/pull.ts")).pull(names, options)));
  },

  audit(program, ended) {
    const audit = program.command("audit").description("read and verify the audit log");
    audit
      .command("verify")
      .description("find any edited, removed, inserted or reordered record; ends with 5 when there is one")
      .addOption(json("print one JSON object"))
      .addOption(new Option("--log <folder>", "a log at another place, such as a copy"))
      .addOption(policy())
      .addHelpText(
        "after",
        examples(["holdfast audit verify", "the log of this policy"], ["holdfast audit verify --log /backup/audit", "a copy of it"]),
      )
      .action(async (options) => ended(await (await import("./commands/audit-verify.ts")).auditVerify(options)));
    audit
      .command("show")
      .description("print the records, oldest first")
      .addOption(new Option("--secret <name>", "only the records of one secret"))
      .addOption(json("print one JSON record a line"))
      .addOption(policy())
      .addHelpText("after", examples(["holdfast audit show --secret psp/webhook", "who did what with it"]))
      .action(async (options) => ended(await (await import("./commands/audit-show.ts")).auditShow(options)));
  },
};

const firstSteps = `
First steps:
  holdfast check          judges the code in this folder
  holdfast init           writes holdfast.yaml, with an encrypted file for secrets
  holdfast rotate         makes the first values, and new ones when they are due

Exit codes: 0 done, 1 findings or overdue, 2 usage or policy error, 3 store unreachable or sealed,
4 rotation unfinished (run holdfast resume), 5 audit failure, 6 denied.`;

function examples(...lines: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`).join("\n")}`;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/u.test(text)) throw new InvalidArgumentError("Expected a whole number, such as 10.");
  return Number(text);
}

function kubernetesName(text: string): string {
  if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u.test(text)) {
    throw new InvalidArgumentError("Expected lower-case letters, digits, - and ., such as my-app.");
  }
  return text;
}

/** The command and all below it, each after the one it belongs to. */
export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Errors travel to `main`, which prints them in one style; help asked for goes to standard output as usual. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride((error: CommanderError) => {
    throw error;
  });
  command.configureOutput({ outputError: () => undefined });
}
