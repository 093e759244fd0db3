import type { Span } from "@opentelemetry/api";

import { RotationError } from "../error.ts";

/** Runs `work` in a span; `traceId` is undefined when nothing collects traces. No attribute ever holds a value. */
export async function inSpan<T>(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  work: (traceId: string | undefined) => Promise<T>,
): Promise<T> {
  // Loaded by what makes spans: reading a value or asking how old it is makes none.
  const { isSpanContextValid, SpanStatusCode, trace } = await import("@opentelemetry/api");
  return trace.getTracer("@holdfast/rotation").startActiveSpan(name, { attributes }, async (span: Span) => {
    try {
      const context = span.spanContext();
      return await work(isSpanContextValid(context) ? context.traceId : undefined);
    } catch (error) {
      const code = error instanceof RotationError ? error.code : "unfinished";
      span.setAttribute("error.type", code);
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      throw error;
    } finally {
      span.end();
    }
  });
}
