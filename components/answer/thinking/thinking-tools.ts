import { FindBar } from './find-bar.tsx';
import { Guide, type GuideOptions } from './guide.ts';
import { Minimap } from './minimap.tsx';
import { OutlineList } from './outline-list.tsx';
import { PlaceCount } from './place-count.tsx';

/** What leads through a long thought, fetched in one piece when there is one. */
export interface ThinkingTools {
  guide: Guide;
  FindBar: typeof FindBar;
  Minimap: typeof Minimap;
  OutlineList: typeof OutlineList;
  PlaceCount: typeof PlaceCount;
}

/** The tools of one thought; its guide has yet to be started. */
export function createThinkingTools(options: GuideOptions): ThinkingTools {
  return { guide: new Guide(options), FindBar, Minimap, OutlineList, PlaceCount };
}
