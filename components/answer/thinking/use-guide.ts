import { useSyncExternalStore } from 'react';
import type { Guide, GuideView } from './guide.ts';

/** What a guide knows, live. */
export function useGuide(guide: Guide): GuideView {
  return useSyncExternalStore(guide.subscribe, guide.getView, guide.getView);
}
