import type { SharedAnswer } from '../../lib/share.ts';
import { allBlocks, cutBlocks } from '../../lib/markdown/blocks.ts';
import { formatCount } from '../../lib/quantity-words.ts';
import { type Mark, type MarkKind, markKinds, Outline, thinMarks } from '../../lib/reasoning/outline.ts';
import { type OutlineEntry, outlineEntriesOf } from '../../lib/reasoning/outline-entries.ts';
import { escapeHtml, renderMarkdown } from '../markdown/static-html.ts';
import { markWords } from '../words/outline-words.ts';
import { thoughtWords } from './words.ts';

/** A thought shorter than this, in characters, is in view as a whole. */
const longThought = 1500;
/** So many entries and marks are told at most. */
const mostEntries = 240;
/** A long thought's outline is read in pieces of so many characters. */
const pieceLength = 40_000;

const kindColor: Record<MarkKind, string> = {
  candidate: 'bg-accent',
  heading: 'bg-mark-heading',
  language: 'bg-mark-language',
  rethink: 'bg-mark-rethink',
  step: 'bg-mark-step',
};

const kindStroke: Record<MarkKind, string> = {
  candidate: 'stroke-accent',
  heading: 'stroke-mark-heading',
  language: 'stroke-mark-language',
  rethink: 'stroke-mark-rethink',
  step: 'stroke-mark-step',
};

/** A thought in its pane; a long one with its outline, whose entries lead to their places, and its strip of marks. */
export function* renderThought(
  message: SharedAnswer & { thinking: string },
  { place, open }: { place: string; open: boolean },
): Generator<string> {
  const { thinking } = message;
  yield `<details class="think @container/think text-base text-think-ink"${open ? ' open' : ''}><summary class="rounded-lg px-4 py-2.5 font-medium text-think-ink-strong">${escapeHtml(thoughtWords(message))}</summary>`;
  const outline = new Outline();
  if (thinking.length >= longThought) {
    for (let end = pieceLength; end < thinking.length; end += pieceLength) {
      outline.grow(thinking.slice(0, end));
      yield '';
    }
    outline.grow(thinking);
  }
  const marks = outline.marks();
  if (marks.length === 0) {
    yield '<div class="border-t border-think-line px-4 pt-3.5 pb-4">';
    yield* renderMarkdown(thinking, 'reasoning');
    yield '</div></details>';
    return;
  }
  const entries = thinMarks(outlineEntriesOf(marks), mostEntries);
  const starts = allBlocks(cutBlocks(thinking)).map(({ start }) => start);
  const startOf = (at: number) => starts.findLast((start) => start <= at) ?? 0;
  const idAt = (start: number) => `t${place}-${start}`;
  const wanted = new Set(entries.flatMap((entry) => entry.marks.map(({ at }) => startOf(at))));
  yield '<div class="think-frame border-t border-think-line">';
  yield renderOutline(entries, marks, (mark) => `#${idAt(startOf(mark.at))}`);
  yield `<div class="relative min-w-0 pt-3.5 pr-8 pb-4 pl-4">${renderStrip(thinMarks(marks, mostEntries), thinking.length)}`;
  yield* renderMarkdown(thinking, 'reasoning', (start) => (wanted.has(start) ? idAt(start) : undefined));
  yield '</div></div></details>';
}

function renderOutline(
  entries: readonly OutlineEntry[],
  marks: readonly Mark[],
  hrefOf: (mark: Mark) => string,
): string {
  const legend = markKinds
    .map((kind) => ({ kind, count: marks.filter((mark) => mark.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(
      ({ kind, count }) =>
        `<li class="flex items-center gap-1.5">${dot(kind)}${count === 1 ? markWords[kind].one : markWords[kind].many} ${formatCount(count)}</li>`,
    );
  const items = entries.map((entry) => `<li>${renderEntry(entry, hrefOf)}</li>`);
  return (
    '<nav class="think-outline print:hidden" aria-label="Outline of the thinking">' +
    `<ul class="flex flex-wrap gap-x-3 gap-y-0.5 px-3.5 pt-2.5 pb-1 text-xs text-ink-muted" aria-label="Kinds">${legend.join('')}</ul>` +
    `<ol class="px-1.5 pb-2 text-sm leading-tight">${items.join('')}</ol></nav>`
  );
}

const line = 'flex items-baseline gap-2 rounded-sm py-0.75 pr-2 hover:bg-think-ink/9';

function renderEntry({ kind, label, marks }: OutlineEntry, hrefOf: (mark: Mark) => string): string {
  const leads = kind === 'heading' || kind === 'candidate';
  const look = `${line} ${leads ? 'pl-2 font-semibold text-think-ink-strong' : 'pl-5'}`;
  if (marks.length === 1) return renderLink(marks[0], look, hrefOf);
  const places = marks.map((mark) => `<li>${renderLink(mark, `${line} pl-2`, hrefOf)}</li>`);
  return (
    `<details><summary class="${look}">${dot(kind)}${spoken(kind)}<span class="flex-1 wrap-anywhere">${escapeHtml(label)}</span>` +
    `<span class="flex-none tabular-nums">×${formatCount(marks.length)}</span><span aria-hidden="true" class="flex-none in-open:rotate-90">›</span></summary>` +
    `<ol class="ml-6 border-l border-think-line">${places.join('')}</ol></details>`
  );
}

function renderLink(mark: Mark, look: string, hrefOf: (mark: Mark) => string): string {
  return `<a class="${look}" href="${hrefOf(mark)}">${dot(mark.kind)}${spoken(mark.kind)}<span class="wrap-anywhere">${escapeHtml(mark.label)}</span></a>`;
}

function spoken(kind: MarkKind): string {
  return `<span class="sr-only">${markWords[kind].one}: </span>`;
}

function dot(kind: MarkKind): string {
  return `<span aria-hidden="true" class="h-0.75 w-1.75 flex-none -translate-y-0.75 rounded-full forced-color-adjust-none ${kindColor[kind]}"></span>`;
}

/** The whole thought as a strip of its marks; a program makes it lead to their places. */
function renderStrip(marks: readonly Mark[], length: number): string {
  const paths = markKinds.toReversed().flatMap((kind) => {
    const lines = marks
      .filter((mark) => mark.kind === kind)
      .map(({ at }) => `M${kind === 'step' ? 8 : kind === 'rethink' ? 4 : 1} ${((1000 * at) / length).toFixed(1)}H11`);
    return lines.length === 0
      ? []
      : [`<path class="${kindStroke[kind]}" vector-effect="non-scaling-stroke" d="${lines.join('')}"/>`];
  });
  return `<div class="think-strip print:hidden" data-strip><svg aria-hidden="true" class="block size-full fill-none stroke-2" viewBox="0 0 12 1000" preserveAspectRatio="none">${paths.join('')}</svg></div>`;
}
