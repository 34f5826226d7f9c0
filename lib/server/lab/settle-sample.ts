import type { LabSetting, RunPause } from '../../lab/run.ts';
import type { StoredRun } from '../store/lab-runs.ts';
import type { WaitingSample } from '../store/lab-samples.ts';
import type { Store } from '../store/store.ts';
import type { SampleAsker } from './ask-sample.ts';
import { fateOf, fateOfUnasked } from './fate.ts';
import { judgeSample, type SampleCalls, wasLimited } from './judge-sample.ts';
import type { RunSupplies } from './run-supplies.ts';

/** A sample that is to be asked, and what is known of its run then. */
export interface SampleAtHand {
  run: StoredRun;
  setting: LabSetting;
  waiting: WaitingSample;
  /** Samples in a row that have failed by now. */
  failuresSoFar: () => number;
  /** Told of each call's generation before it begins. */
  onCall: (generationId: string) => void;
  /** Aborted: no further call of the chain. */
  signal: AbortSignal;
  /** The process ends: nothing is written, whoever takes the run plans it again. */
  isClosing: () => boolean;
}

/** What a sample came to for its run. */
export interface Settled {
  /** How it was for its provider's limits; absent where nothing was asked. */
  lane?: { limited: boolean; waitMs?: number | undefined };
  /** What it spent. */
  asked?: SampleCalls;
  /** Whether it failed; absent where that is not known, or nothing was asked. */
  isFailure?: boolean;
  /** The run cannot go on now. */
  pause?: RunPause;
  /** Epoch ms from which it may be asked again. */
  againAt?: number;
}

/** Asks a sample, and stores what came of it: a verdict, or that it is asked again. */
export async function settleSample(
  parts: { store: Store; asker: SampleAsker; supplies: RunSupplies },
  at: SampleAtHand,
): Promise<Settled> {
  const { store, asker, supplies } = parts;
  const { run, setting, waiting, onCall, signal } = at;
  const [question, models] = await Promise.all([supplies.question(waiting.question), supplies.models(run)]);
  const asked = await asker.ask({ run, setting, waiting, question, models, onCall, signal });
  if (!asked) return {};
  const limited = wasLimited(asked.calls);
  const error = asked.message.generation?.error;
  if (at.isClosing() || error?.code === 'server-stopped') return { lane: { limited } };
  const { providerLabel, step } = setting;
  const now = Date.now();
  const failuresBefore = at.failuresSoFar();
  const fate = fateOf(error, { attempts: waiting.attempts + 1, failuresBefore, providerLabel, now });
  const { isFailure, pause, laneWaitMs } = fate;
  if (fate.again) {
    await store.labSamples.replan(run.id, waiting.number, fate.again);
    const lane = { limited: limited || laneWaitMs !== undefined, waitMs: laneWaitMs };
    return { lane, asked, isFailure, ...(pause && { pause }) };
  }
  const result = judgeSample(asked, { question, rule: run.facts.rule, step, at: now });
  await store.labSamples.finish(run.id, waiting.number, { ...result, generationId: asked.message.id });
  return { lane: { limited }, asked, isFailure };
}

/** Stores what becomes of a sample that could not be asked. @param error what asking it threw */
export async function settleUnasked(
  { store }: { store: Store },
  error: unknown,
  { run, setting, waiting }: Pick<SampleAtHand, 'run' | 'setting' | 'waiting'>,
): Promise<Settled> {
  const { labSamples } = store;
  const { again, pause, fault } = fateOfUnasked(error, setting, Date.now());
  if (fault) {
    await labSamples.fail(run.id, waiting.number, { error: fault, at: Date.now() });
    return {};
  }
  await labSamples.replan(run.id, waiting.number, { notBefore: again, isOurs: true });
  return pause ? { pause } : { againAt: again };
}
