import type { ThreadSettings } from './conversation.ts';
import type { DialName, ModelInfo, ParameterName, Sampling } from './model.ts';

/** Why a parameter is not sent to a model; undefined when it is. A thread may hold it all the same. */
export type Withheld = 'ignored' | 'refused' | 'unknown-word' | 'no-dial';

/** Whether a model takes a parameter, and if not, why not. `effort` too, when its word is given. */
export function findWithheld(model: ModelInfo, name: ParameterName, effort?: string): Withheld | undefined {
  const { ignored, refused, efforts, thinkingBudget } = model.parameters ?? {};
  if (refused?.includes(name)) return 'refused';
  if (ignored?.includes(name)) return 'ignored';
  if (name === 'route' && !model.routes) return 'no-dial';
  if (name === 'thinkingBudget' && !thinkingBudget) return 'no-dial';
  if (isDial(name) && model.parameters?.dials?.[name] === undefined) return 'no-dial';
  if (name === 'effort' && effort !== undefined && efforts && !efforts.includes(effort)) return 'unknown-word';
  return undefined;
}

const dialNames: readonly ParameterName[] = ['topK', 'minP', 'repeatPenalty', 'numCtx', 'keepAlive'];

function isDial(name: ParameterName): name is DialName {
  return dialNames.includes(name);
}

/** The dials that are set, by the names the model's server has for them. */
export function dialsOf(model: ModelInfo, sampling: Sampling): Record<string, number> {
  const set = Object.entries(model.parameters?.dials ?? {}).map(([name, wire]) => [wire, sampling[name as DialName]]);
  return Object.fromEntries(set.filter(([, value]) => value !== undefined));
}

/** What of a sampling is sent to a model: what would be refused, or would change nothing, is left out. */
export function takenSampling(model: ModelInfo, sampling: Sampling): Sampling {
  const taken: Sampling = { ...sampling };
  for (const name of Object.keys(sampling) as ParameterName[]) {
    if (findWithheld(model, name, sampling.effort)) delete taken[name];
  }
  // One dial, two ways to set it: servers refuse both at once.
  if (taken.thinkingBudget !== undefined) delete taken.effort;
  return taken;
}

/** Whether a thread would ask otherwise than the model's makers advise. */
export function differsFromAdvice(
  model: ModelInfo,
  settings: Pick<ThreadSettings, 'sampling' | 'systemPrompt'>,
): boolean {
  if (settings.systemPrompt?.trim()) return true;
  const advice: Sampling = model.advice;
  const taken = takenSampling(model, settings.sampling);
  return (Object.keys(taken) as ParameterName[]).some((name) => {
    const value = taken[name];
    if (Array.isArray(value)) return value.length > 0;
    return value !== undefined && value !== advice[name];
  });
}
