import type { Config } from '../config.ts';
import type { GenerationFacts, GenerationObserver } from './generation-facts.ts';
import { createGenerationLines } from './generation-lines.ts';
import type { Metrics } from './metrics.ts';

/** All that operators are told of this process's generations. */
export interface Telemetry extends GenerationObserver {
  /** Undefined unless it is turned on. */
  metrics: Metrics | undefined;
  close(): Promise<void>;
}

/** Opens what the configuration turns on; the libraries of the rest are not even loaded. */
export async function openTelemetry(
  config: Pick<Config, 'telemetry' | 'version'>,
  running: () => number,
): Promise<Telemetry> {
  const { log, metricsToken, traces } = config.telemetry;
  const metrics = metricsToken ? new (await import('./metrics.ts')).Metrics(running) : undefined;
  const spans = traces
    ? new (await import('./traces.ts')).Traces({ name: traces.serviceName, version: config.version })
    : undefined;
  const observers: GenerationObserver[] = [
    ...(log ? [createGenerationLines()] : []),
    ...(metrics ? [metrics] : []),
    ...(spans ? [spans] : []),
  ];
  return {
    metrics,
    ended(facts: GenerationFacts) {
      for (const observer of observers) tell(observer, facts);
    },
    async close() {
      await spans?.close().catch((error: unknown) => console.error('telemetry: traces were lost;', String(error)));
    },
  };
}

/** A generation must not fail because somebody who counts it does. */
function tell(observer: GenerationObserver, facts: GenerationFacts): void {
  try {
    observer.ended(facts);
  } catch (error) {
    console.error('telemetry: a generation was not told;', String(error));
  }
}
