import { type Segment, textOfKind } from '../../lib/stream-part.ts';
import { copyText } from '../ui/copy-button.tsx';
import { loadPart } from '../ui/load-part.ts';

/** The answer under its thinking, which is quoted, as Markdown. */
export function withThinking(segments: readonly Segment[]): string {
  const thinking = textOfKind(segments, 'reasoning').trim();
  const answer = textOfKind(segments, 'answer').trim();
  if (thinking === '') return answer;
  const quoted = thinking.split(/\r\n|\r|\n/).map((line) => (line === '' ? '>' : `> ${line}`));
  return `${['> **Thinking**', '>', ...quoted].join('\n')}\n\n${answer}`;
}

/**
 * Puts a text on the clipboard as it looks: as HTML for programs that take it, as Markdown for the rest. The drawing is
 * loaded when it is first wanted. Whether it is there now.
 */
export async function copyFormatted(markdown: string): Promise<boolean> {
  // Asked for at once, while the browser still knows of the press; what it is comes later.
  const html = drawn(markdown);
  try {
    const item = new ClipboardItem({
      'text/html': html.then((text) => new Blob([text], { type: 'text/html' })),
      'text/plain': new Blob([markdown], { type: 'text/plain' }),
    });
    await navigator.clipboard.write([item]);
    return true;
  } catch {
    return copyBySelection(await html, markdown);
  }
}

async function drawn(markdown: string): Promise<string> {
  const { renderMarkdown } = await loadPart(() => import('../markdown/static-html.ts'));
  return [...renderMarkdown(markdown, 'answer')].join('');
}

/** The way of browsers and addresses that keep the clipboard closed. */
async function copyBySelection(html: string, text: string): Promise<boolean> {
  let taken = false;
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/html', html);
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    taken = true;
  };
  document.addEventListener('copy', put, { once: true, capture: true });
  const copied = await copyText(text);
  document.removeEventListener('copy', put, { capture: true });
  return taken || copied;
}
