import type { ModelMemory } from '../../lib/model.ts';

const timeOfDay = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hour12: false });

/** Where a model is, in a few words: "in memory until 14:32". */
export function memoryWords({ state, until }: ModelMemory): string {
  switch (state) {
    case 'loaded':
      return until === undefined ? 'in memory' : `in memory until ${timeOfDay.format(until)}`;
    case 'loading':
      return 'loading';
    case 'unloaded':
      return 'not in memory';
    case 'asleep':
      return 'asleep';
    case 'failed':
      return 'could not be loaded';
  }
}
