const settled = new Set<string>();

export function settle(paymentId: string): void {
  settled.add(paymentId);
}

export function isSettled(paymentId: string): boolean {
  return settled.has(paymentId);
}
