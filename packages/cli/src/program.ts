import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

import manifest from "../package.json" with { type: "json" };

/**
 * The command tree. Commands are loaded when they run: `exec` must start about as fast as the program it starts, so nothing here may import the linter.
 * `ended` receives the exit code of the command that ran.
 */
export function createProgram(ended: (code: number) => void): Command {
  const program = new Command("holdfast")
    .description("Checks an API integration before its launch, and pulls and rotates its secrets.")
    .version(manifest.version, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .addHelpText("after", exitCodeHelp);
  const policy = () => new Option("--policy <file>", "the holdfast.yaml to use; without it the nearest one, going up");
  const json = (what: string) => new Option("--json", what);

  program
    .command("init")
    .description("find upstreams, secrets and stores in use, and write a commented holdfast.yaml")
    .addOption(new Option("--store <kind>", "where secrets shall live").choices(["local", "vault", "none"]).default("local"))
    .option("--force", "replace files that exist")
    .action(async (options) => ended(await (await import("./commands/init.ts")).init(options)));

  program
    .command("check")
    .description("lint code and text files with every rule; needs no configuration")
    .argument("[paths...]", "files and folders", ["."])
    .addOption(new Option("--format <name>", "how to print the findings").choices(["stylish", "json"]).default("stylish"))
    .option("--fix", "apply the safe fixes")
    .option("--quiet", "report errors only")
    .option("--max-warnings <n>", "end with 0 when there are no errors and at most this many warnings", wholeNumber)
    .addOption(policy())
    .action(async (paths, options) => ended(await (await import("./commands/check.ts")).check(paths, options)));

  program
    .command("status")
    .description("age, due date, phase and store of each secret; ends with 1 when one is overdue")
    .argument("[names...]", "secrets; all without it")
    .addOption(json("print one JSON object"))
    .addOption(policy())
    .action(async (names, options) => ended(await (await import("./commands/status.ts")).status(names, options)));

  program
    .command("plan")
    .description("what rotate would do, step by step; changes nothing")
    .argument("[names...]", "secrets; those that are due without it")
    .option("--all", "every secret that can be rotated")
    .option("--force", "as if the named secrets were due")
    .addOption(json("print one JSON object"))
    .addOption(policy())
    .action(async (names, options) => ended(await (await import("./commands/plan.ts")).plan(names, options)));

  program
    .command("rotate")
    .description("rotate the secrets that are due")
    .argument("[names...]", "secrets; those that are due without it")
    .option("--all", "every secret that can be rotated")
    .option("--force", "rotate the named secrets although they are not due")
    .addOption(json("print one JSON object a line, as it happens"))
    .addOption(policy())
    .action(async (names, options) => ended(await (await import("./commands/rotate.ts")).rotate(names, options)));

  program
    .command("resume")
    .description("finish the rotations that a crash or an outage left unfinished")
    .argument("[names...]", "secrets; all unfinished ones without it")
    .addOption(json("print one JSON object a line, as it happens"))
    .addOption(policy())
    .action(async (names, options) => ended(await (await import("./commands/rotate.ts")).resume(names, options)));

  program
    .command("exec")
    .description("run a program with its secrets in the environment: holdfast exec -- node server.js")
    .argument("<program>", "the program")
    .argument("[arguments...]", "its arguments")
    .usage("[options] -- <program> [arguments...]")
    .option("--pristine", "start with the secrets, PATH, HOME and TERM only, not with the environment of this shell")
    .addOption(policy())
    .passThroughOptions()
    .action(async (file, args, options) => ended(await (await import("./commands/exec.ts")).exec(file, args, options)));

  program
    .command("pull")
    .description("write the secrets to standard output or to a file that only you can read")
    .argument("[names...]", "secrets; without it all that have an `env` name")
    .addOption(new Option("--format <name>", "what to write").choices(["dotenv", "json", "yaml", "k8s"]).default("dotenv"))
    .option("--output <file>", "write this file, replaced as a whole, with mode 0600")
    .addOption(policy())
    .action(async (names, options) => ended(await (await import("./commands/pull.ts")).pull(names, options)));

  const audit = program.command("audit").description("read and verify the audit log");
  audit
    .command("verify")
    .description("find any edited, removed, inserted or reordered record; ends with 5 when there is one")
    .addOption(json("print one JSON object"))
    .addOption(new Option("--log <folder>", "a log at another place, such as a copy"))
    .addOption(policy())
    .action(async (options) => ended(await (await import("./commands/audit-verify.ts")).auditVerify(options)));
  audit
    .command("show")
    .description("print the records, oldest first")
    .addOption(new Option("--secret <name>", "only the records of one secret"))
    .addOption(json("print one JSON record a line"))
    .addOption(policy())
    .action(async (options) => ended(await (await import("./commands/audit-show.ts")).auditShow(options)));

  for (const command of everyCommand(program)) throwInsteadOfExit(command);
  return program;
}

const exitCodeHelp = `
Exit codes: 0 done, 1 findings or overdue, 2 usage or policy error, 3 store unreachable or sealed,
4 rotation unfinished (run holdfast resume), 5 audit failure, 6 denied.`;

function wholeNumber(text: string): number {
  if (!/^\d+$/u.test(text)) throw new InvalidArgumentError("Expected a whole number, such as 10.");
  return Number(text);
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Errors travel to `main`, which prints them in one style; help asked for goes to standard output as usual. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride((error: CommanderError) => {
    throw error;
  });
  command.configureOutput({ outputError: () => undefined });
}
