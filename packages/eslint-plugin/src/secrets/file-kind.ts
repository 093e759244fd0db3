import { existsSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, join, parse, relative, sep } from "node:path";

import type { ValueSyntax } from "./assigned-value.ts";

/** What a file is, as far as it decides what counts as a credential in it. */
export interface FileKind {
  /**
   * `sample`: tests, examples and templates, where passwords are made up. `documentation`: pages that show requests and answers, and `translation`:
   * texts for people; both hold credentials by format only.
   */
  readonly purpose: "product" | "sample" | "documentation" | "translation" | "prose";
  readonly syntax: ValueSyntax;
}

/** Told from the path alone. `root` is the folder ESLint runs in; what lies above the project decides nothing. */
export function fileKind(path: string, root: string): FileKind {
  const name = basename(path).toLowerCase();
  const folders = pathInProject(path, root).toLowerCase().split("/").slice(0, -1);
  return { purpose: purposeOf(name, folders), syntax: syntaxOf(name) };
}

function purposeOf(name: string, folders: readonly string[]): FileKind["purpose"] {
  if (folders.some((folder) => sampleFolders.has(folder)) || sampleNames.test(name) || isTestSetup(name, folders)) return "sample";
  if (folders.some((folder) => translationFolders.has(folder)) || /^messages?[._-][a-z]{2}\b|[._-](?:i18n|l10n)\./.test(name))
    return "translation";
  if (!proseExtensions.has(extname(name))) return "product";
  // A page of a documentation site shows requests and answers that are made up; a README beside the code may tell how to log in for real.
  return folders.some((folder) => documentationFolders.has(folder)) ? "documentation" : "prose";
}

const sampleFolders = setOf(
  "test tests __tests__ testing testdata test-data testutil testutils test-utils spec specs __specs__ e2e integration-tests integration_tests test-helpers test_helpers fixture fixtures __fixtures__ mock mocks __mocks__ " +
    "example examples sample samples demo demos stories story storybook cypress playwright benchmark benchmarks bench snapshots __snapshots__ stubs recordings cassettes __recordings__",
);
const sampleNames =
  /[._-](?:test|tests|spec|specs|e2e|cy|bench|mock|mocks|fixture|fixtures|stories|story|example|sample|template|dist|tpl)s?(?:\.[a-z]+)*$|^(?:test|mock|example|sample)s?[._-]|^\.?env[._-](?:test|example|sample|template)\b|^conftest\.py$|(?:test|tests|spec)\.(?:java|kt|cs|swift|php|scala|groovy)$/;
/** `integration/setup.ts`: a folder `integration` by itself may be part of the product. */
function isTestSetup(name: string, folders: readonly string[]): boolean {
  return /^(?:global[.-]?)?(?:setup|teardown)\.[cm]?[jt]s$/.test(name) && folders.at(-1) === "integration";
}

const translationFolders = setOf("i18n locale locales l10n lang langs languages translations translation messages intl nls");
const documentationFolders = setOf("docs doc documentation apidocs api-docs wiki handbook");
const proseExtensions = setOf(".md .mdx .markdown .rst .adoc .tex .html .htm .svg .ipynb");
/** Extensions of files that quote their values; what stands in all others is a value as it is. */
const quotingExtensions = setOf(
  ".js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte .astro .json .jsonc .json5 .webmanifest .map .toml .tf .hcl .nix .graphql .gql .prisma .proto .sql " +
    ".md .mdx .markdown .rst .adoc .tex .html .htm .svg .xml .xsd .xaml .csproj .plist .ejs .hbs .pug .erb .jinja .j2 .liquid .twig .css .scss .less .ipynb " +
    ".txt .text .log .csv .tsv .diff .patch .po .pot .py .pyi .rb .go .java .kt .kts .scala .groovy .gradle .clj .cs .fs .vb .php .swift .m .mm .h .c .cc .cpp .hpp " +
    ".rs .dart .lua .pl .pm .r .jl .ex .exs .erl .hs .elm .sol .zig .ps1 .psm1 .bat .cmd .bicep",
);
const prose =
  /^(?:readme|license|licence|changelog|changes|authors|contributors|contributing|notice|copying|history|todo|codeowners)(?:\.|-|$)/;

function syntaxOf(name: string): ValueSyntax {
  return quotingExtensions.has(extname(name)) || prose.test(name) ? "quoted" : "plain";
}

const projectFolders = new Map<string, string>();
const projectMarks = [".git", "holdfast.yaml", "pnpm-workspace.yaml"];

function pathInProject(path: string, root: string): string {
  if (!isAbsolute(path)) return path.split(sep).join("/");
  const below = relative(root, path);
  const inRoot = root !== parse(root).root && !below.startsWith("..") && !isAbsolute(below);
  return (inRoot ? below : relative(projectFolder(dirname(path)), path)).split(sep).join("/");
}

function projectFolder(folder: string): string {
  const known = projectFolders.get(folder);
  if (known !== undefined) return known;
  const above = dirname(folder);
  const found = above === folder || projectMarks.some((mark) => existsSync(join(folder, mark))) ? folder : projectFolder(above);
  projectFolders.set(folder, found);
  return found;
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(" "));
}
