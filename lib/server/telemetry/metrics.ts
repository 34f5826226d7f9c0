import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { isId } from '../../ids.ts';
import { firstTokenMs, type GenerationFacts, type GenerationObserver } from './generation-facts.ts';

/** Seconds: from an answer at once to an hour of thinking. */
const durations = [0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1800, 3600];
const firstTokens = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256];

/** Names of models a provider may have before further ones are counted together: each is a line in every answer. */
const maxModels = 500;

/** What a Prometheus server may read: counts of what this process has done since it started. */
export class Metrics implements GenerationObserver {
  readonly #registry = new Registry();
  readonly #models = new Set<string>();
  readonly #generations: Counter<'provider' | 'model' | 'outcome'>;
  readonly #tokens: Counter<'provider' | 'model' | 'kind' | 'source'>;
  readonly #errors: Counter<'provider' | 'kind'>;
  readonly #firstToken: Histogram<'provider' | 'model'>;
  readonly #duration: Histogram<'provider' | 'model'>;
  readonly #cost: Counter<'provider' | 'model'>;

  /** @param running how many generations run now. */
  constructor(running: () => number) {
    const registers = [this.#registry];
    this.#generations = new Counter({
      name: 'thinkglass_generations_total',
      help: 'Generations that have ended, by how.',
      labelNames: ['provider', 'model', 'outcome'],
      registers,
    });
    this.#tokens = new Counter({
      name: 'thinkglass_tokens_total',
      help: 'Tokens, by kind (prompt, cached_prompt, reasoning, answer) and by where their count comes from.',
      labelNames: ['provider', 'model', 'kind', 'source'],
      registers,
    });
    this.#errors = new Counter({
      name: 'thinkglass_generation_errors_total',
      help: 'Generations that ended with an error, by kind.',
      labelNames: ['provider', 'kind'],
      registers,
    });
    this.#firstToken = new Histogram({
      name: 'thinkglass_time_to_first_token_seconds',
      help: 'From the question to the first token of thinking or answer.',
      labelNames: ['provider', 'model'],
      buckets: firstTokens,
      registers,
    });
    this.#duration = new Histogram({
      name: 'thinkglass_generation_duration_seconds',
      help: 'From the question to the end.',
      labelNames: ['provider', 'model'],
      buckets: durations,
      registers,
    });
    this.#cost = new Counter({
      name: 'thinkglass_cost_usd_total',
      help: 'What the generations with a known price have cost, in USD.',
      labelNames: ['provider', 'model'],
      registers,
    });
    new Gauge({
      name: 'thinkglass_generations_running',
      help: 'Generations that run now.',
      registers,
      collect() {
        this.set(running());
      },
    });
  }

  ended(facts: GenerationFacts): void {
    // People's own providers have an id each, and models of any name: they are counted together.
    const isOwn = isId(facts.providerId);
    const provider = isOwn ? 'own' : facts.providerId;
    const labels = { provider, model: isOwn ? 'own' : this.#modelLabel(facts.modelId) };
    const { usage, times, finish } = facts;
    this.#generations.inc({ ...labels, outcome: finish.outcome });
    if (facts.errorKind) this.#errors.inc({ provider, kind: facts.errorKind });
    if (usage) {
      const { source } = usage;
      this.#tokens.inc({ ...labels, kind: 'reasoning', source }, usage.reasoningTokens);
      this.#tokens.inc({ ...labels, kind: 'answer', source }, usage.answerTokens);
      // Only a provider ever counts these.
      const reported = { ...labels, source: 'reported' };
      if (usage.promptTokens !== undefined) this.#tokens.inc({ ...reported, kind: 'prompt' }, usage.promptTokens);
      if (usage.cachedPromptTokens !== undefined) {
        this.#tokens.inc({ ...reported, kind: 'cached_prompt' }, usage.cachedPromptTokens);
      }
    }
    const first = firstTokenMs(times);
    if (first !== undefined) this.#firstToken.observe(labels, first / 1000);
    if (times.end !== undefined) this.#duration.observe(labels, times.end / 1000);
    if (finish.cost !== undefined) this.#cost.inc(labels, finish.cost);
  }

  /** All of it in Prometheus' text format. */
  async render(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  /** People can name models of the operator's servers too: after so many, the rest share a name. */
  #modelLabel(modelId: string): string {
    if (this.#models.has(modelId)) return modelId;
    if (this.#models.size >= maxModels) return 'other';
    this.#models.add(modelId);
    return modelId;
  }
}
