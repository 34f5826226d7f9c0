import type { ModelInfo, ModelRef, ProviderModels } from '../../lib/model.ts';
import { canBeAsked } from '../../lib/provider-status.ts';
import { findModel, refText } from '../conversation/model-choice.ts';
import { readStored, writeStored } from '../ui/stored.ts';

export const favouritesKey = 'thinkglass:favourite-models';
const recentKey = 'thinkglass:recent-models';

/** So many favourites are kept, and so many of those chosen lately; of these, so many are shown. */
const mostFavourites = 50;
const mostRecent = 12;
const shownRecent = 4;
/** With fewer models than this nobody has to look for one. */
const manyModels = 12;

/** Models in the order they were kept, one a line, as `refText` writes them. */
export function parseKept(stored: string | undefined): string[] {
  return (stored ?? '').split('\n').filter((line) => line.includes('/'));
}

/** Makes a model a favourite of this browser, or no longer one. */
export function toggleFavourite(model: ModelRef): void {
  const ref = refText(model);
  const kept = parseKept(readStored(favouritesKey));
  const next = kept.includes(ref) ? kept.filter((one) => one !== ref) : [...kept, ref].slice(-mostFavourites);
  writeStored(favouritesKey, next.length === 0 ? undefined : next.join('\n'));
}

/** A model was chosen. */
export function rememberRecent(model: ModelRef): void {
  const ref = refText(model);
  const others = parseKept(readStored(recentKey)).filter((one) => one !== ref);
  writeStored(recentKey, [ref, ...others].slice(0, mostRecent).join('\n'));
}

/** What stands above the lists of the providers: each with the models that can be asked now. */
export function keptSections(
  providers: readonly ProviderModels[],
  favourites: readonly string[],
): { title: 'Favourites' | 'Recent'; models: ModelInfo[] }[] {
  const find = (refs: readonly string[]) =>
    refs.flatMap((ref) => {
      const slash = ref.indexOf('/');
      const found = findModel(providers, { providerId: ref.slice(0, slash), modelKey: ref.slice(slash + 1) });
      return found && canBeAsked(found.group.provider.status) ? [found.model] : [];
    });
  const count = providers.reduce((sum, { models }) => sum + models.length, 0);
  const recent = parseKept(readStored(recentKey)).filter((ref) => !favourites.includes(ref));
  return [
    { title: 'Favourites' as const, models: find(favourites) },
    { title: 'Recent' as const, models: count < manyModels ? [] : find(recent).slice(0, shownRecent) },
  ].filter(({ models }) => models.length > 0);
}
