/** Who may import whom: docs/architecture.md. Arrows point one way only. */
const arrows = {
  policy: [],
  "eslint-plugin": ["policy"],
  engine: ["policy", "eslint-plugin"],
  audit: [],
  rotation: ["policy", "audit"],
  cli: ["policy", "eslint-plugin", "engine", "audit", "rotation"],
  "language-server": ["policy", "engine", "rotation"],
  // The extension starts the server and the command as processes; it imports neither.
  vscode: [],
  testing: [],
};

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(arrows).map(([name, allowed]) => ({
      name: `${name}-imports-only-what-it-may`,
      comment: `packages/${name} may import ${allowed.length > 0 ? allowed.join(", ") : "no other package of this repository"}.`,
      severity: "error",
      from: { path: `^packages/${name}/src/` },
      to: { path: "^packages/", pathNot: [name, ...allowed].map((folder) => `^packages/${folder}/`) },
    })),
    {
      name: "tests-may-start-servers",
      comment: "Only tests, benchmarks and scripts use packages/testing.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: "^packages/(testing|benchmarks)/" },
      to: { path: "^packages/testing/" },
    },
    {
      name: "no-circles",
      comment: "Two files that import each other's values cannot be read one after the other; types may.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-folder-without-a-concept",
      comment: "Name the folder after the concept it holds.",
      severity: "error",
      from: {},
      to: { path: "^packages/.*/(utils?|helpers?|common|misc|shared)(/|\\.ts$)" },
    },
    {
      name: "only-the-adapter-uses-node-vault",
      comment: "node-vault has traps that packages/rotation/src/vault disarms; nothing else may import it.",
      severity: "error",
      from: { pathNot: "^packages/rotation/src/vault/" },
      to: { path: "(^|/)node-vault(/|$)", dependencyTypesNot: ["local"] },
    },
    {
      name: "only-the-extension-uses-vscode",
      comment: "The server serves any editor.",
      severity: "error",
      from: { pathNot: "^packages/vscode/" },
      to: { path: "^vscode$" },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "^vscode$" } },
    {
      name: "declared",
      comment: "A package lists what it imports.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|fixtures)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: true,
    enhancedResolveOptions: { conditionNames: ["holdfast-source", "import", "node", "default"], exportsFields: ["exports"] },
  },
};
