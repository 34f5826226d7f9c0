import { useLayoutEffect, useState } from 'react';
import { TextPlaces } from '../markdown/text-places.ts';

/** A thought or an answer that is on the page. */
export type ShownKind = 'reasoning' | 'answer';

/** Where the texts of this page are drawn, by message and kind; a folded one is not here. */
const shown = new Map<string, TextPlaces>();

/** Where a message's thought or answer is drawn, if it is. */
export function shownText(messageId: string, kind: ShownKind): TextPlaces | undefined {
  return shown.get(`${messageId} ${kind}`);
}

/** The places of a text, for its renderer; while it is on the page, others find them by its message. */
export function useShownText(messageId: string, kind: ShownKind): TextPlaces {
  const [places] = useState(() => new TextPlaces());
  useLayoutEffect(() => {
    const key = `${messageId} ${kind}`;
    shown.set(key, places);
    return () => {
      if (shown.get(key) === places) shown.delete(key);
    };
  }, [messageId, kind, places]);
  return places;
}
