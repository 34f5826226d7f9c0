import { type RefObject, useEffect, useState } from 'react';
import { textOfKind } from '../../../lib/stream-part.ts';
import type { GenerationView } from '../../conversation/generation-store.ts';
import type { TextPlaces } from '../../markdown/text-places.ts';
import type { ThinkingTools } from './thinking-tools.ts';

/** What leads through a long thought; fetched when it is wanted, undefined until it is there. */
export function useThinkingTools(
  wanted: boolean,
  pane: {
    box: RefObject<HTMLElement | null>;
    content: RefObject<HTMLElement | null>;
    places: TextPlaces;
    viewOf: () => GenerationView;
  },
): ThinkingTools | undefined {
  const { box, content, places, viewOf } = pane;
  const [tools, setTools] = useState<ThinkingTools>();
  useEffect(() => {
    if (!wanted) return;
    let end = () => {};
    let left = false;
    import('./thinking-tools.ts').then(
      ({ createThinkingTools }) => {
        if (left || !box.current || !content.current) return;
        const made = createThinkingTools({
          box: box.current,
          content: content.current,
          places,
          textOf: () => textOfKind(viewOf().state.segments, 'reasoning'),
          tokensOf: () => viewOf().reasoningTokens,
          isGrowing: () => viewOf().state.phase !== 'done',
        });
        end = made.guide.start();
        setTools(made);
      },
      () => {}, // offline, or a new version was deployed: the text is there all the same
    );
    return () => {
      left = true;
      end();
      setTools(undefined);
    };
  }, [wanted, box, content, places, viewOf]);
  return tools;
}
