import { choice } from "../src/choice.ts";
import { policyJsonSchema } from "../src/index.ts";

/** holdfast.yaml files and what is wrong with them: `line:column [marked text] message`, the line break as ⏎. */
export interface Case {
  readonly title: string;
  readonly yaml: string;
  readonly problems: readonly string[];
}

/** Strips the indentation of the first line from every line. */
function yaml([text = ""]: TemplateStringsArray): string {
  const lines = text.replace(/^\n/u, "").replace(/\n *$/u, "\n").split("\n");
  const indentation = /^ */u.exec(lines[0] ?? "")?.[0].length ?? 0;
  return lines.map((line) => line.slice(indentation)).join("\n");
}

const vaultToken = ["hvs", "CAESIJ0000000000000000"].join(".");
const ageIdentity = ["AGE", "SECRET", "KEY", "1QQQQQQQQQQQQ"].join("-");
const liveKey = ["sk", "live", "0000000000000000"].join("_");
const pem = ["-----BEGIN", "PRIVATE", "KEY-----"].join(" ");

/** Every rotator by its name, as the schema lists them. */
const rotators =
  (policyJsonSchema().properties?.["secrets"]?.additionalProperties || {}).properties?.["rotate"]?.oneOf?.map(
    ({ properties }) => properties?.["with"]?.const,
  ) ?? [];

export const cases: readonly Case[] = [
  // What is fine
  { title: "the smallest file", yaml: "version: 1\n", problems: [] },
  { title: "a byte order mark and CRLF", yaml: "\u{feff}version: 1\r\nbudgets: { slo: 1s }\r\n", problems: [] },
  { title: "a value shared by an anchor", yaml: "version: 1\nbudgets: { slo: &t 1s, timeout: *t }\n", problems: [] },
  { title: "`on`, which is a plain word in YAML 1.2", yaml: "version: 1\naudit: { on: warn }\n", problems: [] },

  // The text itself
  {
    title: "an empty file",
    yaml: "",
    problems: [
      "1:1 [] the file says nothing: expected at least `version: 1`, then what a request may spend, such as `budgets: { slo: 400ms, timeout: 300ms }`",
    ],
  },
  {
    title: "a file of comments",
    yaml: "# budgets: …\n---\n",
    problems: [
      "1:1 [] the file says nothing: expected at least `version: 1`, then what a request may spend, such as `budgets: { slo: 400ms, timeout: 300ms }`",
    ],
  },
  {
    title: "a list at the root",
    yaml: "- version: 1\n",
    problems: ["1:1 [- version: 1] expected a map of keys and values that begins with `version: 1`"],
  },
  {
    title: "a word at the root",
    yaml: "version\n",
    problems: ["1:1 [version] expected a map of keys and values that begins with `version: 1`"],
  },
  {
    title: "a NUL byte",
    yaml: "version: 1\nbud\0gets: {}\n",
    problems: ["2:4 [\u0000] the file holds the control character U+0000: expected UTF-8 text"],
  },
  { title: "a tab as indentation", yaml: "version: 1\nbudgets:\n\tslo: 1s\n", problems: ["3:1 [\t] a tab cannot indent YAML: use spaces"] },
  {
    title: "a key given twice",
    yaml: "version: 1\nbudgets: { slo: 1s }\nwebhooks: { freshness: 1m }\nbudgets: { slo: 2s }\n",
    problems: ["4:1 [budgets] this key is already given in line 2: keep one"],
  },
  {
    title: "two documents",
    yaml: "version: 1\n---\nversion: 1\n",
    problems: ["2:1 [---] a second document begins here: expected one, so remove the line ---"],
  },
  {
    title: "an unclosed quote",
    yaml: 'version: 1\nstores: { a: { kind: "vault } }\n',
    problems: ['2:22 ["] this is not closed: the quote or bracket that ends it is missing'],
  },
  {
    title: "an unclosed list",
    yaml: "version: 1\nupstreams: { psp: { match: [\n",
    problems: ["2:28 [[] this is not closed: the quote or bracket that ends it is missing"],
  },
  {
    title: "a second colon in a line",
    yaml: "version: 1\nbudgets: slo: 1s\n",
    problems: ["2:10 [s] a second `: ` in one line: put a value that holds one in quotes, or begin a map on the next line"],
  },
  {
    title: "YAML 1.1",
    yaml: "%YAML 1.1\n---\nversion: 1\naudit: { on: warn }\n",
    problems: ["1:1 [%YAML] the file asks for YAML 1.1, expected 1.2: remove the line %YAML"],
  },
  {
    title: "a tag",
    yaml: "version: 1\nbudgets: { slo: !duration 1s }\n",
    problems: ["2:27 [1s] tags (!…) are not read: write the plain value"],
  },
  {
    title: "a tag of YAML 1.1",
    yaml: "version: 1\naudit: { log: !!binary aGVsbG8= }\n",
    problems: ["2:24 [aGVsbG8=] tags (!…) are not read: write the plain value"],
  },
  {
    title: "a merge key",
    yaml: "version: 1\nupstreams:\n  psp: &psp { retries: 1, packages: [a] }\n  mail: { <<: *psp, packages: [b] }\n",
    problems: ["4:11 [<<] merging with << is not read: write the keys out"],
  },
  {
    title: "an alias without its anchor",
    yaml: "version: 1\nbudgets: *budgets\n",
    problems: ["2:10 [*budgets] this alias (*) has no anchor (&) before it: write the value out"],
  },
  { title: "a list as a key", yaml: "version: 1\n? [a, b]\n: 1\n", problems: ["2:3 [[a, b]] expected a word as the key"] },
  { title: "nothing as a key", yaml: "version: 1\n~: 1\n", problems: ["2:1 [~] expected a word as the key"] },
  {
    title: "aliases that multiply",
    yaml: yaml`
      version: 1
      a: &a [x, x, x, x, x, x, x, x, x, x]
      b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
      c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
      d: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
    `,
    problems: ["1:1 [] aliases expand to more than 100 copies: write the values out"],
  },
  {
    title: "maps nested too deep",
    yaml: `version: 1\nbudgets: ${"{ a: ".repeat(25)}1${" }".repeat(25)}\n`,
    problems: ["2:110 [{ a: { a: { a: { a: { a: 1 } } } } }] maps and lists are nested more than 20 deep"],
  },

  // Keys
  { title: "no version", yaml: "budgets: { slo: 1s }\n", problems: ["1:1 [budgets] the file lacks `version: 1`"] },
  { title: "another version", yaml: "version: 2\n", problems: ["1:10 [2] expected version: 1"] },
  { title: "the version as text", yaml: 'version: "1"\n', problems: ['1:10 ["1"] expected version: 1'] },
  {
    title: "misspelt keys",
    yaml: yaml`
      version: 1
      budgts: { slo: 1s }
      upstreams:
        psp: { match: ["https://psp.example/**"], timeOut: 1s, retry: 2, idempotencyKey: {}, colour: red }
      retries: { limt: 2 }
    `,
    problems: [
      "2:1 [budgts] unknown key `budgts`: did you mean `budgets`?",
      "4:45 [timeOut] unknown key `timeOut`: did you mean `timeout`?",
      "4:58 [retry] unknown key `retry`: did you mean `retries`?",
      "4:68 [idempotencyKey] unknown key `idempotencyKey`: did you mean `idempotency`?",
      "4:88 [colour] unknown key `colour`: expected match, packages, slo, timeout, concurrency, retries or idempotency",
      "5:12 [limt] unknown key `limt`: did you mean `limit`?",
    ],
  },
  {
    title: "names of what an object has in JavaScript",
    yaml: "version: 1\n__proto__: { slo: 1s }\nconstructor: 1\nupstreams: { toString: 1 }\n",
    problems: [
      "2:1 [__proto__] unknown key `__proto__`: expected version, budgets, retries, upstreams, webhooks, stores, secrets or audit",
      "3:1 [constructor] unknown key `constructor`: expected version, budgets, retries, upstreams, webhooks, stores, secrets or audit",
      "4:24 [1] expected a map of keys and values",
    ],
  },
  {
    title: "retries in a budget",
    yaml: "version: 1\nbudgets: { retries: 2 }\n",
    problems: ["2:12 [retries] unknown key `retries` in a budget: write `retries: { limit: 2 }` at the top of the file"],
  },
  { title: "a number for retries", yaml: "version: 1\nretries: 2\n", problems: ["2:10 [2] expected a map such as { limit: 2 }"] },
  {
    title: "sections with nothing in them",
    yaml: "version: 1\nsecrets:\nstores: # none yet\naudit: ~\n",
    problems: [
      "2:1 [secrets] nothing is given for `secrets`: add what belongs there or remove the line",
      "3:1 [stores] nothing is given for `stores`: add what belongs there or remove the line",
      "4:1 [audit] nothing is given for `audit`: add what belongs there or remove the line",
    ],
  },
  {
    title: "shapes that are mixed up",
    yaml: "version: 1\nbudgets: [slo, 1s]\nstores: local\nupstreams: { psp: { match: https://psp.example/**, packages: [1] } }\n",
    problems: [
      "2:10 [[slo, 1s]] expected a map of keys and values",
      "3:9 [local] expected a map of names and their entries",
      "4:28 [https://psp.example/**] expected a list, such as [a, b]",
      "4:63 [1] expected text (put numbers in quotes)",
    ],
  },
  {
    title: "a name with a space",
    yaml: 'version: 1\nupstreams: { "my psp": { packages: [psp] } }\n',
    problems: ['2:14 ["my psp"] expected a name of letters, digits and . _ - /'],
  },

  // Budgets
  {
    title: "durations that lack or misspell their unit",
    yaml: yaml`
      version: 1
      budgets:
        slo: 2sec
        timeout: 300
      upstreams:
        a: { packages: [a], timeout: 300 MS, slo: 1 minute }
        b: { packages: [b], timeout: soon, slo: -1s }
        c: { packages: [c], timeout: 0s, slo: 1.5s }
        d: { packages: [d], timeout: 99999999d }
        e: { packages: [e], slo: "500", timeout: [300ms] }
      webhooks: { freshness: 10 }
    `,
    problems: [
      "3:8 [2sec] expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d: write 2s",
      "4:12 [300] expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d; 300 has no unit",
      "6:32 [300 MS] expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d: write 300ms",
      "6:45 [1 minute] expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d: write 1m",
      "7:32 [soon] expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d",
      "7:43 [-1s] expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d",
      "8:32 [0s] expected more than 0",
      "9:32 [99999999d] expected at most 36500d",
      '10:28 ["500"] expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d',
      "10:44 [[300ms]] expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d",
      "11:24 [10] expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d; 10 has no unit",
    ],
  },
  {
    title: "counts that are none",
    yaml: yaml`
      version: 1
      retries: { limit: 2.5 }
      budgets: { concurrency: 0 }
      upstreams:
        a: { packages: [a], retries: -1, concurrency: many }
        b: { packages: [b], retries: 1000, concurrency: 1_000 }
        c: { packages: [c], retries: "2" }
    `,
    problems: [
      "2:19 [2.5] expected a whole number of retries (calls after the first)",
      "3:25 [0] expected a number above 0",
      "5:32 [-1] expected 0 or more retries",
      "5:49 [many] expected a whole number",
      "6:32 [1000] expected at most 100 retries",
      "6:51 [1_000] expected a whole number",
      '7:32 ["2"] expected a whole number of retries (calls after the first)',
    ],
  },
  {
    title: "patterns that are no URLs or packages",
    yaml: yaml`
      version: 1
      upstreams:
        a: { match: ["ftp://psp.example", api.psp.example, "https://psp.example/**/refunds", "https://a**b.example", "https://psp.example/?q=1"] }
        b: { packages: ["@aws-sdk", "", "a b", "stripe/esm"] }
        c: { match: ["https://psp.example/**"], idempotency: { header: "a b", safe: [token] } }
    `,
    problems: [
      '3:16 ["ftp://psp.example"] expected a URL pattern such as https://api.psp.example/**',
      "3:37 [api.psp.example] expected a URL pattern such as https://api.psp.example/**",
      '3:54 ["https://psp.example/**/refunds"] `**` is the rest: it comes last, after a slash, or first in the host, before a dot',
      '3:88 ["https://a**b.example"] `**` is the rest: it comes last, after a slash, or first in the host, before a dot',
      '3:112 ["https://psp.example/?q=1"] expected a URL pattern such as https://api.psp.example/**',
      '4:19 ["@aws-sdk"] expected a package such as stripe or @aws-sdk/*',
      '4:31 [""] expected a package such as stripe or @aws-sdk/*',
      '4:35 ["a b"] expected a package such as stripe or @aws-sdk/*',
      '4:42 ["stripe/esm"] expected a package such as stripe or @aws-sdk/*',
      '5:66 ["a b"] expected the name of a header, such as Idempotency-Key',
      "5:80 [token] expected a path, such as /oauth/token or POST /v1/search",
    ],
  },
  {
    title: "a timeout above the objective",
    yaml: yaml`
      version: 1
      budgets: { timeout: 500ms }
      upstreams:
        psp: { packages: [psp], slo: 200ms }
        mail: { packages: [mail], slo: 1s, timeout: 2s }
        fine: { packages: [fine], slo: 1s }
    `,
    problems: [
      "2:21 [500ms] warning: timeout 500ms is above slo 400ms (the default): the caller gives up before the attempt does",
      "4:32 [200ms] warning: timeout 500ms (of `budgets`) is above slo 200ms: the caller gives up before the attempt does",
      "5:47 [2s] warning: timeout 2s is above slo 1s: the caller gives up before the attempt does",
    ],
  },
  {
    title: "an upstream that matches nothing",
    yaml: "version: 1\nupstreams: { psp: { retries: 1 } }\n",
    problems: ["2:14 [psp] warning: `psp` matches no call: give it `match` (URL patterns) or `packages`"],
  },
  {
    title: "one pattern for two upstreams",
    yaml: yaml`
      version: 1
      upstreams:
        a: { match: ["https://psp.example/**"], packages: [stripe] }
        b: { match: ["https://psp.example/**"], packages: [stripe] }
    `,
    problems: [
      '4:16 ["https://psp.example/**"] the pattern https://psp.example/** is already that of a (line 3)',
      "4:54 [stripe] the package stripe is already that of a (line 3)",
    ],
  },

  // Stores
  {
    title: "a store of no kind, and of one there is not",
    yaml: "version: 1\nstores:\n  a: {}\n  b: { kind: vualt }\n",
    problems: ["3:3 [a] `a` lacks `kind` (vault or sops)", "4:14 [vualt] expected vault or sops"],
  },
  {
    title: "a server without its address",
    yaml: "version: 1\nstores:\n  prod: { kind: vault, adress: https://vault.internal }\n",
    problems: ["3:3 [prod] `prod` lacks `address`", "3:24 [adress] unknown key `adress`: did you mean `address`?"],
  },
  {
    title: "an address with a path",
    yaml: "version: 1\nstores:\n  prod: { kind: vault, address: https://vault.internal/v1 }\n",
    problems: ["3:33 [https://vault.internal/v1] expected an address such as https://vault.internal:8200"],
  },
  {
    title: "logins that lack a credential, or have it twice",
    yaml: yaml`
      version: 1
      stores:
        a: { kind: vault, address: https://vault.internal, auth: { method: token } }
        b: { kind: vault, address: https://vault.internal, auth: { method: approle, roleIdEnv: ROLE } }
        c: { kind: vault, address: https://vault.internal, auth: { method: token, tokenEnv: T, tokenFile: t } }
        d: { kind: vault, address: https://vault.internal, auth: { method: ldap } }
        e: { kind: vault, address: https://vault.internal, auth: { method: token, tokenEnv: MY-TOKEN } }
        f: { kind: sops, file: f.yaml, key: { age: { recipients: [age1qqqqqqqqqqqqqqqqqqqqqqqq], identityFile: i, identityEnv: I } } }
        g: { kind: vault, address: https://vault.internal, auth: { method: approle, roleIdEnv: R, secretIdEnv: S, wrappedSecretIdFile: w } }
        h: { kind: vault, address: https://vault.internal, auth: { method: jwt } }
        i: { kind: vault, address: https://vault.internal, auth: { method: jwt, jwtEnv: CI_TOKEN, github: {} } }
        j: { kind: vault, address: https://vault.internal, auth: { method: kubernetes } }
        k: { kind: vault, address: https://vault.internal, auth: { method: userpass, username: app } }
        l: { kind: vault, address: https://vault.internal, auth: { method: cert, certificateFile: c.pem } }
        m: { kind: vault, address: https://vault.internal, auth: { method: aws, region: Frankfurt } }
    `,
    problems: [
      "3:54 [auth] `auth` lacks `tokenEnv` (an environment variable) or `tokenFile` (a path)",
      "4:54 [auth] `auth` lacks `secretIdEnv` (an environment variable), `secretIdFile` (a path), `wrappedSecretIdEnv` (an environment variable) or `wrappedSecretIdFile` (a path)",
      "5:90 [tokenFile] `tokenEnv` and `tokenFile` are both given: keep one",
      "6:70 [ldap] expected token, approle, userpass, cert, jwt, kubernetes or aws",
      "7:87 [MY-TOKEN] expected the name of an environment variable, such as PSP_WEBHOOK_SECRET",
      "8:92 [identityFile] `identityEnv` and `identityFile` are both given: keep one",
      "9:109 [wrappedSecretIdFile] `secretIdEnv` and `wrappedSecretIdFile` are both given: keep one",
      "10:54 [auth] `auth` lacks `jwtEnv` (an environment variable), `jwtFile` (a path) or `github`",
      "11:93 [github] `jwtEnv` and `github` are both given: keep one",
      "12:54 [auth] `auth` lacks `role`",
      "13:54 [auth] `auth` lacks `passwordEnv` (an environment variable) or `passwordFile` (a path)",
      "14:54 [auth] `auth` lacks `keyFile`",
      "15:83 [Frankfurt] expected a region such as eu-central-1",
    ],
  },
  {
    title: "an encrypted file without a recipient",
    yaml: yaml`
      version: 1
      stores:
        a: { kind: sops, file: a.yaml, key: { age: { recipients: [] } } }
        b: { kind: sops, file: b.yaml, key: { age: { recipients: [ssh-ed25519] } } }
        c: { kind: sops, file: "", key: { age: { recipients: [age1qqqqqqqqqqqqqqqqqqqqqqq] } } }
    `,
    problems: [
      "3:60 [[]] expected at least one recipient",
      "4:61 [ssh-ed25519] expected an age recipient, which starts with age1",
      '5:26 [""] expected a path',
    ],
  },
  {
    title: "encrypted files with keys of servers",
    yaml: yaml`
      version: 1
      stores:
        prod: { kind: vault, address: https://vault.internal }
        a: { kind: sops, file: a.env, key: {} }
        b: { kind: sops, file: b.yaml, key: { vault-transit: { key: k } } }
        c: { kind: sops, file: c.yaml, key: { vault-transit: { key: k, store: a, ca: x } } }
        d: { kind: sops, file: d.yaml, key: { vault-transit: { key: k, store: other } } }
        e: { kind: sops, file: e.yaml, key: { vault-transit: { key: k, store: prod, address: https://v } } }
        f: { kind: sops, file: f.yaml, key: { aws-kms: { arns: [alias/a] } } }
        g: { kind: sops, file: g.yaml, key: { aws-kms: { arns: [arn:aws:kms:eu-west-1:111122223333:alias/a] }, vault-transit: { key: k, store: prod } } }
    `,
    problems: [
      "4:33 [key] a file needs at least one key: expected age, aws-kms or vault-transit",
      "5:41 [vault-transit] `vault-transit` lacks `store` or `address`",
      "6:73 [a] `a` is a file: name a store of kind vault",
      "6:76 [ca] `ca` comes from the store `a`: remove it",
      "7:73 [other] no store is called `other`: expected prod, a, b, c, d, e, f or g",
      "8:79 [address] `store` and `address` are both given: keep one",
      "9:59 [alias/a] expected an ARN such as arn:aws:kms:eu-central-1:111122223333:key/…",
    ],
  },

  // Secrets
  {
    title: "secrets that name no store of the file",
    yaml: yaml`
      version: 1
      stores:
        prod: { kind: vault, address: https://vault.internal }
      secrets:
        a: { store: prd, path: a }
        b: { store: elsewhere, path: b }
        c: { path: c }
      audit: { anchor: { store: pord, path: head } }
    `,
    problems: [
      "5:15 [prd] no store is called `prd`: did you mean `prod`?",
      "6:15 [elsewhere] no store is called `elsewhere`: expected prod",
      "7:3 [c] `c` lacks `store`",
      "8:27 [pord] no store is called `pord`: did you mean `prod`?",
    ],
  },
  {
    title: "a secret in a file without stores",
    yaml: "version: 1\nsecrets: { a: { store: prod, path: a } }\n",
    problems: ["2:24 [prod] no store is called `prod`: the file has none, add it under `stores`"],
  },
  {
    title: "a store that is named and has a fault of its own",
    yaml: "version: 1\nstores: { prod: { kind: vault } }\nsecrets: { a: { store: prod, path: a } }\n",
    problems: ["2:11 [prod] `prod` lacks `address`"],
  },
  {
    title: "rotators that need another secret",
    yaml: yaml`
      version: 1
      stores: { prod: { kind: vault, address: https://vault.internal } }
      secrets:
        redis/admin: { store: prod, path: redis-admin }
        a: { store: prod, path: a, rotate: { with: redis, user: a, addresses: [redis.internal:6379], admin: { secret: redis/admin } } }
        b: { store: prod, path: b, rotate: { with: redis, user: b, addresses: [redis.internal], admin: { secret: redis/admim } } }
        c: { store: prod, path: c, rotate: { with: redis, user: c, addresses: ["[::1]:6379"], admin: { secret: c } } }
        d: { store: prod, path: d, rotate: { with: redis, user: d, addresses: [redis://redis.internal], admin: redis/admin } }
    `,
    problems: [
      "6:108 [redis/admim] no secret is called `redis/admim`: did you mean `redis/admin`?",
      "7:106 [c] c cannot be changed with itself: name the secret of somebody who may change it",
      "8:74 [redis://redis.internal] expected an address such as redis.internal:6379, without redis://",
      "8:106 [redis/admin] expected a map such as { secret: redis/admin }",
    ],
  },
  {
    title: "two secrets at one place or in one variable",
    yaml: yaml`
      version: 1
      stores: { prod: { kind: vault, address: https://vault.internal } }
      secrets:
        a: { store: prod, path: x/y, env: TOKEN }
        b: { store: prod, path: x/y }
        c: { store: prod, path: z, env: TOKEN }
      audit: { anchor: { store: prod, path: z } }
    `,
    problems: [
      "5:27 [x/y] x/y in the store `prod` is already that of a (line 4)",
      "6:35 [TOKEN] the environment variable TOKEN is already that of a (line 4)",
      "7:39 [z] z in the store `prod` is already that of c (line 6)",
    ],
  },
  {
    title: "rotations that cannot be",
    yaml: yaml`
      version: 1
      stores: { prod: { kind: vault, address: https://vault.internal } }
      secrets:
        a: { store: prod, path: a, every: 30d }
        b: { store: prod, path: b, rotate: { with: generated }, every: 1d, overlap: 24h }
        c: { store: prod, path: c, rotate: { with: generated, bytes: 8, encoding: base32, prefix: "a b" } }
        d: { store: prod, path: d, rotate: { bytes: 32 } }
        e: { store: prod, path: e, rotate: generated }
        f: { store: prod, path: /f/, env: 1ST }
        g: { store: prod, path: a/../sys/policy }
    `,
    problems: [
      "4:30 [every] `every` without `rotate`: say how a new value is made, such as rotate: { with: generated }, or remove `every`",
      "5:79 [24h] overlap 1d is not shorter than every 1d: a rotation would be due while the previous value is still valid",
      "6:64 [8] expected at least 16 bytes (128 bits)",
      "6:77 [base32] expected base64url, base64 or hex",
      '6:93 ["a b"] expected up to 32 printable characters',
      `7:30 [rotate] \`rotate\` lacks \`with\` (${choice(rotators)})`,
      "8:38 [generated] expected a map of keys and values",
      "9:27 [/f/] expected a path such as payments/psp-webhook: names between single slashes, without spaces and ? # % \\",
      "9:37 [1ST] expected the name of an environment variable, such as PSP_WEBHOOK_SECRET",
      "10:27 [a/../sys/policy] expected a path such as payments/psp-webhook: names between single slashes, without spaces and ? # % \\",
    ],
  },

  // Secrets in clear
  {
    title: "values of secrets, by their key",
    yaml: yaml`
      version: 1
      stores: { prod: { kind: vault, address: https://vault.internal, auth: { method: token, token: 0000-1111 } } }
      secrets:
        a: { store: prod, path: a, value: hunter2 }
        b:
          store: prod
          path: b
          password: 12345678
    `,
    problems: [
      "2:95 [0000-1111] `token` holds a secret in clear: put it in a store and name it under `secrets`; replace it, since whoever read this file knows it",
      "4:37 [hunter2] `value` holds a secret in clear: put it in a store and name it under `secrets`; replace it, since whoever read this file knows it",
      "8:15 [12345678] `password` holds a secret in clear: put it in a store and name it under `secrets`; replace it, since whoever read this file knows it",
    ],
  },
  {
    title: "values of secrets, by their look",
    yaml: [
      "version: 1",
      `audit: { log: ${vaultToken}, key: "${pem}", origin: ${liveKey} }`,
      `stores: { prod: { kind: vault, address: https://root:hunter2@vault.internal } }`,
      `secrets: { a: { store: ${ageIdentity}, path: ${vaultToken} } }`,
      `${vaultToken}: 1`,
      "",
    ].join("\n"),
    problems: [
      "2:15 [hvs.CAESIJ0000000000000000] a Vault token in clear: put it in a store and name it under `secrets`; replace it, since whoever read this file knows it",
      '2:48 ["-----BEGIN PRIVATE KEY-----"] a private key in clear: put it in a store and name it under `secrets`; replace it, since whoever read this file knows it',
      "2:87 [sk_live_0000000000000000] an API key in clear: put it in a store and name it under `secrets`; replace it, since whoever read this file knows it",
      "3:41 [https://root:hunter2@vault.internal] a password in a URL in clear: put it in a store and name it under `secrets`; replace it, since whoever read this file knows it",
      "4:24 [AGE-SECRET-KEY-1QQQQQQQQQQQQ] an age identity in clear: put it in a store and name it under `secrets`; replace it, since whoever read this file knows it",
      "4:60 [hvs.CAESIJ0000000000000000] a Vault token in clear: put it in a store and name it under `secrets`; replace it, since whoever read this file knows it",
      "5:1 [hvs.CAESIJ0000000000000000] a Vault token in clear: put it in a store and name it under `secrets`; replace it, since whoever read this file knows it",
    ],
  },

  // Audit
  {
    title: "an audit log that nobody can trust",
    yaml: yaml`
      version: 1
      audit:
        trust: [payments+0123abcd+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, payments+0123abcd+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, ssh-ed25519 AAAA]
        origin: my log
        on: sometimes
        sinks: [kafka]
        anchor: { path: "a b" }
    `,
    problems: [
      "3:139 [ssh-ed25519 AAAA] expected a verifier key, name+hex+base64, as in the file verifier.pub of the log",
      "4:11 [my log] expected a name without spaces and without +, such as payments.example/audit",
      "5:7 [sometimes] expected fail-closed or warn",
      "6:11 [kafka] expected stdout",
      "7:3 [anchor] `anchor` lacks `store`",
      '7:19 ["a b"] expected a path such as payments/psp-webhook: names between single slashes, without spaces and ? # % \\',
    ],
  },
];

/** None of these may ever be repeated in a message. */
export const secretsOfCases = [vaultToken, ageIdentity, liveKey, "hunter2", "0000-1111", "12345678"];
