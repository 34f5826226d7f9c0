import { drawTurnOf } from '../turn-places.ts';
import { settleAt } from './reader-moves.ts';

/** How long a file is looked for while its question is being drawn, and how long it is marked, in ms. */
const drawingMs = 4000;
const markedMs = 4000;

/**
 * Brings a file that is attached to a question into view and keeps it there until all is drawn or the reader takes over;
 * marks it for a moment. The keyboard goes on from there.
 */
export async function showAttachment(attachmentId: string, messageId: string): Promise<void> {
  const began = performance.now();
  const draw = () => {
    drawTurnOf(messageId);
    const file = document.querySelector<HTMLElement>(`[data-attachment="${CSS.escape(attachmentId)}"]`);
    return file?.checkVisibility() ? file : undefined;
  };
  while (performance.now() - began < drawingMs) {
    const file = draw();
    if (file) {
      settleAt(draw, 'center');
      return mark(file);
    }
    await new Promise(requestAnimationFrame);
  }
}

function mark(file: HTMLElement): void {
  file.focus({ preventScroll: true });
  file.dataset.found = '';
  setTimeout(() => delete file.dataset.found, markedMs);
}
