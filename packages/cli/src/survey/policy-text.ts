import type { FoundUpstream, FoundVariable, Survey } from "./survey.ts";

export type StoreChoice =
  | { readonly kind: "local"; readonly recipient: string; readonly identityFile: string; readonly file: string }
  | { readonly kind: "vault"; readonly address: string }
  | { readonly kind: "none" };

/** A holdfast.yaml for what the survey found, with a comment for each choice that a person has to look at. */
export function policyText({ upstreams, variables }: Survey, store: StoreChoice): string {
  return [
    "# What a request may spend, and which secrets exist. `holdfast check` judges code by it, `holdfast rotate` acts on it.",
    "version: 1",
    "",
    "# For every upstream that says nothing else. These are rules of thumb for a launch: put your own numbers here.",
    "budgets:",
    "  slo: 400ms # what the caller of this program may wait for",
    "  timeout: 300ms # the most one attempt may take",
    "  concurrency: 64 # requests to one upstream at the same time",
    "retries:",
    "  limit: 2 # calls after the first",
    "",
    ...upstreamLines(upstreams),
    ...storeLines(store),
    ...secretLines(variables, store),
    ...(store.kind === "none"
      ? []
      : [
          "# Every read and every rotation leaves a record here; `holdfast audit verify` finds tampering.",
          "audit:",
          "  log: .holdfast/audit",
        ]),
    "",
  ]
    .join("\n")
    .replace(/\n{3,}/gu, "\n\n")
    .replace(/\n+$/u, "\n");
}

/** PSP_WEBHOOK_SECRET is `psp/webhook-secret`. */
export function secretName(variable: string): string {
  const [first = "", ...rest] = variable.toLowerCase().split("_").filter(Boolean);
  return rest.length > 0 ? `${first}/${rest.join("-")}` : first;
}

function upstreamLines(upstreams: readonly FoundUpstream[]): string[] {
  if (upstreams.length === 0) {
    return [
      "# No upstream was found. One looks like this:",
      "# upstreams:",
      "#   psp:",
      '#     match: ["https://api.psp.example/**"]',
      "#     slo: 2s",
      "#     timeout: 600ms",
      "",
    ];
  }
  return [
    "# Give a slow upstream its own `slo`, `timeout`, `retries` or `concurrency` here.",
    "upstreams:",
    ...upstreams.flatMap(({ name, match, packages, seenIn }) => [
      `  ${name}: # seen in ${comment(seenIn)}`,
      ...(match.length > 0 ? [`    match: ${list(match)}`] : []),
      ...(packages.length > 0 ? [`    packages: ${list(packages)}`] : []),
    ]),
    "",
  ];
}

function storeLines(store: StoreChoice): string[] {
  switch (store.kind) {
    case "local":
      return [
        "stores:",
        "  local:",
        "    kind: sops",
        `    file: ${store.file} # encrypted: belongs in the repository`,
        "    key:",
        "      age:",
        `        recipients: [${store.recipient}] # add one for each person and server that may read`,
        `        identityFile: ${store.identityFile} # the private key: stays out of the repository, keep a copy of it`,
        "",
      ];
    case "vault":
      return [
        "stores:",
        "  vault:",
        "    kind: vault",
        `    address: ${store.address}`,
        "    mount: secret # a KV version 2 engine",
        "    auth: { method: approle, roleIdEnv: VAULT_ROLE_ID, secretIdEnv: VAULT_SECRET_ID }",
        "",
      ];
    case "none":
      return [];
  }
}

function secretLines(variables: readonly FoundVariable[], store: StoreChoice): string[] {
  if (store.kind === "none") return [];
  const keptIn = store.kind;
  if (variables.length === 0) {
    return [
      "# No secret was found. One looks like this:",
      "# secrets:",
      ...secret(keptIn, { name: "SESSION_SIGNING_KEY", seenIn: "", ownMaking: true }).map((line) => `# ${line}`),
      "",
    ];
  }
  return ["secrets:", ...variables.flatMap((variable) => secret(keptIn, variable)), ""];
}

function secret(store: string, { name, seenIn, ownMaking }: FoundVariable): string[] {
  return [
    `  ${secretName(name)}:${seenIn ? ` # read in ${comment(seenIn)}` : ""}`,
    `    store: ${store}`,
    `    path: ${secretName(name)}`,
    `    env: ${name}`,
    ...(ownMaking
      ? [
          "    rotate: { with: generated, bytes: 32, encoding: base64url }",
          "    every: 30d",
          "    overlap: 24h # how long the previous value stays valid",
        ]
      : ["    # Issued elsewhere? Leave it so. Made by you? Add: rotate: { with: generated, bytes: 32 } and every: 30d"]),
  ];
}

function list(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
}

function comment(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, "?");
}
