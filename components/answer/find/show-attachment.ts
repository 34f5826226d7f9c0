import { drawTurnOf } from '../turn-places.ts';

/** How long a file is looked for while its question is being drawn, and how long it is marked, in ms. */
const drawingMs = 4000;
const markedMs = 4000;

/** Brings a file that is attached to a question into view and marks it for a moment; the keyboard goes on from there. */
export async function showAttachment(attachmentId: string, messageId: string): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < drawingMs) {
    drawTurnOf(messageId);
    const file = document.querySelector<HTMLElement>(`[data-attachment="${CSS.escape(attachmentId)}"]`);
    if (file?.checkVisibility()) return mark(file);
    await new Promise(requestAnimationFrame);
  }
}

function mark(file: HTMLElement): void {
  file.scrollIntoView({ block: 'center' });
  file.focus({ preventScroll: true });
  file.dataset.found = '';
  setTimeout(() => delete file.dataset.found, markedMs);
}
