import type { UsageSource } from '../../lib/usage.ts';

/** What each source of a count means, for the person who wonders. */
export const sourceMeaning: Record<UsageSource, string> = {
  reported: 'The provider counted thinking and answer itself.',
  events: 'The server sends one event for each token, as its total shows; thinking and answer were counted by them.',
  split: 'The provider gave one total; we shared it out in the proportion of our own counts.',
  counted: "The provider gave no count; we counted with the model's own tokenizer.",
  estimated: 'The provider gave no count; this is an estimate from the stream and the length of the text.',
};

/** "Reported by the provider", for where it begins a sentence. */
export function sourceName(source: UsageSource): string {
  const word = sourceWord(source);
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

const words: Record<UsageSource, string> = {
  reported: 'reported by the provider',
  events: 'counted by events',
  split: 'split from a total',
  counted: 'counted here',
  estimated: 'estimated',
};

/** Beside a count, where it is from: "reported by the provider". */
export function sourceWord(source: UsageSource): string {
  return words[source];
}
