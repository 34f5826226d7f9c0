import { flushSync } from 'react-dom';
import { settleAt } from './find/reader-moves.ts';

/** A turn of a conversation that is on the page: its element, and how to draw what is in it. */
interface TurnPlace {
  element: HTMLElement;
  draw: () => void;
}

const turns = new Map<string, TurnPlace>();

/** Called by a turn, for the messages in it. Returns what ends that. */
export function registerTurn(messageIds: readonly string[], place: TurnPlace): () => void {
  for (const id of messageIds) turns.set(id, place);
  return () => {
    for (const id of messageIds) if (turns.get(id) === place) turns.delete(id);
  };
}

/** Draws the turn that holds a message, at once; the caller brings it into view, or it is soon taken out again. */
export function drawTurnOf(messageId: string): HTMLElement | undefined {
  const place = turns.get(messageId);
  if (place && 'undrawn' in place.element.dataset) flushSync(place.draw);
  return place?.element;
}

/** The element of the turn that holds a message, drawn or not. */
export function turnElementOf(messageId: string): HTMLElement | undefined {
  return turns.get(messageId)?.element;
}

/** Brings a message to the top of what is around it, and keeps it there until all is drawn or the reader takes over. */
export function showMessage(id: string): void {
  // a branch that was just chosen is not drawn yet: whatever comes is waited for
  settleAt(() => {
    drawTurnOf(id);
    return document.querySelector(`[data-message="${CSS.escape(id)}"]`);
  }, 'start');
}
