import { orbFill } from '../client/orb-fill.ts';
import { thoughtMarks } from '../client/thoughts.ts';

/** The icon is drawn anew only when it would look different: in so many steps. */
const steps = 8;
const drawn = new Map<string, string>();
let own: string | undefined;

/** Shows in the tab's icon that something runs, and how far, or that something has ended unseen. */
export function showFavicon(): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  own ??= link.href;
  const href = hrefOf() ?? own;
  if (link.href !== href) link.href = href;
}

function hrefOf(): string | undefined {
  const marks = [...thoughtMarks.get().values()];
  const running = marks.flatMap((mark) => (mark.state === 'running' ? [mark.tokens] : []));
  if (running.length > 0) {
    const step = Math.ceil(orbFill(running.reduce((sum, tokens) => sum + tokens, 0)) * steps);
    return addressOf(`running ${step}`, runningIcon(step / steps));
  }
  if (marks.length === 0) return undefined;
  const failed = marks.some((mark) => mark.state === 'unseen' && mark.failed);
  return addressOf(`unseen ${failed}`, unseenIcon(failed ? '#b3261e' : '#0f7a86'));
}

function addressOf(name: string, svg: string): string {
  const known = drawn.get(name);
  if (known) return known;
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  drawn.set(name, address);
  return address;
}

const begin = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">';
const glass =
  '<defs><radialGradient id="g" cx="38%" cy="28%" r="85%"><stop offset="0" stop-color="#f2fbfa"/><stop offset=".5" stop-color="#8fcac8"/><stop offset="1" stop-color="#1d5f6b"/></radialGradient></defs>';
const rim = '<circle cx="16" cy="16" r="13.6" fill="none" stroke="#173f4a" stroke-width="2.4"/>';

/** The lens as a glass that fills. */
function runningIcon(share: number): string {
  const top = 29 - 26 * share;
  return `${begin}<clipPath id="c"><circle cx="16" cy="16" r="13"/></clipPath><circle cx="16" cy="16" r="13" fill="#e9f4f3"/><rect x="2" y="${top}" width="28" height="30" fill="#1d7f8c" clip-path="url(#c)"/>${rim}</svg>`;
}

function unseenIcon(color: string): string {
  return `${begin}${glass}<circle cx="16" cy="16" r="13" fill="url(#g)"/>${rim}<circle cx="24" cy="8" r="7" fill="${color}" stroke="#fff" stroke-width="2"/></svg>`;
}
