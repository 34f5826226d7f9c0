import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { attributesOf, type GenerationFacts, type GenerationObserver } from './generation-facts.ts';

/**
 * One span for every generation, sent where OpenTelemetry's standard environment variables say (OTLP over HTTP); thinking
 * and answer are events in it.
 */
export class Traces implements GenerationObserver {
  readonly #provider: TracerProvider;

  constructor(service: { name: string; version: string }) {
    const resource = resourceFromAttributes({ 'service.name': service.name, 'service.version': service.version });
    // The exporter reads the address, the headers and the rest from the environment itself.
    const spanProcessors = [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })];
    this.#provider = new TracerProvider({ resource, spanProcessors });
  }

  ended(facts: GenerationFacts): void {
    const { queuedAt, times } = facts;
    const span = this.#provider.getTracer('thinkglass').startSpan(`${facts.operation} ${facts.modelId}`, {
      kind: SpanKind.CLIENT,
      startTime: queuedAt,
      attributes: attributesOf(facts),
    });
    const moments = { first_byte: times.firstByte, thinking: times.reasoningStart, answer: times.answerStart };
    for (const [name, at] of Object.entries(moments)) {
      if (at !== undefined) span.addEvent(name, queuedAt + at);
    }
    if (facts.errorKind) span.setStatus({ code: SpanStatusCode.ERROR, message: facts.errorKind });
    span.end(queuedAt + (times.end ?? 0));
  }

  /** Sends what has not been sent. */
  async close(): Promise<void> {
    await this.#provider.shutdown();
  }
}
