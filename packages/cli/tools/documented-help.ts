import type { Command } from "commander";

import { createProgram, everyCommand } from "../src/program.ts";

/** `docs/cli.md` with the help of each command as it is now, between `<!-- help: audit verify -->` and `<!-- /help -->`. */
export function withHelp(markdown: string): string {
  const pages = helpPages();
  return markdown.replace(/(?<start><!-- help: ?(?<name>[a-z ]*?) ?-->\n)[\s\S]*?(?<end><!-- \/help -->)/gu, (...match) => {
    const { start, name, end } = match.at(-1) as { start: string; name: string; end: string };
    const page = pages.get(name);
    if (page === undefined) throw new Error(`docs/cli.md has a marker for the command "${name}", which does not exist`);
    return `${start}\n\`\`\`text\n${page.trimEnd()}\n\`\`\`\n\n${end}`;
  });
}

/** Help pages by the words after `holdfast`; the empty name is the program itself. */
export function helpPages(): Map<string, string> {
  return new Map(
    everyCommand(createProgram(() => undefined)).map((command) => {
      let page = "";
      command.configureOutput({ writeOut: (text) => (page += text), getOutHelpWidth: () => 100 });
      command.outputHelp();
      return [nameOf(command), page] as const;
    }),
  );
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}`.trim() : "";
}
