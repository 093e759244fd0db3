/** The CI job this process is part of, as its service names it: GitHub Actions, GitLab CI, Jenkins and Buildkite. */
export function ciJob(env: NodeJS.ProcessEnv): string | undefined {
  if (env["GITHUB_RUN_ID"]) {
    return `${env["GITHUB_SERVER_URL"] ?? "https://github.com"}/${env["GITHUB_REPOSITORY"] ?? ""}/actions/runs/${env["GITHUB_RUN_ID"]}`;
  }
  return env["CI_JOB_URL"] || env["BUILD_URL"] || env["BUILDKITE_BUILD_URL"] || undefined;
}
