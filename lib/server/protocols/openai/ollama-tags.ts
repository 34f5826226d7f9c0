import type { ListedModel } from '../../../provider.ts';
import { cleanName } from '../../calls/errors.ts';
import { countOf, isRecord } from '../../calls/json.ts';

/** Whether a list is the one that an Ollama gives over the common protocol, which tells nothing but names. */
export function isOllama(models: readonly ListedModel[]): boolean {
  return models.length > 0 && models.every(({ ownedBy }) => ownedBy === 'library');
}

/** Listed models with what Ollama's own list (`/api/tags`) says of them: how much they could take, and their family. */
export function withTags(models: readonly ListedModel[], value: unknown): ListedModel[] {
  const entries = isRecord(value) && Array.isArray(value.models) ? value.models.filter(isRecord) : [];
  const byName = new Map(entries.map((entry) => [entry.model ?? entry.name, entry.details]));
  return models.map((listed) => {
    const details = byName.get(listed.id);
    if (!isRecord(details)) return listed;
    const contextTokens = listed.contextTokens ?? countOf(details.context_length);
    const family = typeof details.family === 'string' ? cleanName(details.family).slice(0, 30) : '';
    return { ...listed, ...(contextTokens !== undefined && { contextTokens }), ...(family !== '' && { family }) };
  });
}
