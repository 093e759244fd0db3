/** Today's rate of one euro. */
export async function rateOf(currency: string): Promise<number> {
  const answer = await fetch("https://rates.example/v1/latest?base=EUR");
  const { rates } = (await answer.json()) as { rates: Record<string, number> };
  const rate = rates[currency];
  if (rate === undefined) throw new Error(`no rate for ${currency}`);
  return rate;
}
