/** Whether a path, a route or the name of a function is that of a probe: probes ask again at their own pace. */
export function isHealthCheck(text: string): boolean {
  return /health|ready|readiness|liveness|livez|\bping\b|\bstatus\b|heartbeat/iu.test(text);
}
