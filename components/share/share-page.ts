import type { SharedAnswer, SharedColumn, SharedMessage, SharedQuestion, ShareSnapshot } from '../../lib/share.ts';
import { thinkingTokensOf } from '../../lib/share.ts';
import { escapeHtml, overlongMark, renderMarkdown } from '../markdown/static-html.ts';
import { formatDay, formatTokens } from '../../lib/quantity-words.ts';
import { renderComparison, renderHealth, renderTimeline } from './figures-html.ts';
import { renderThought } from './thought-html.ts';
import { endingWords, filesWords, modelsWords, numbersWords } from './words.ts';

/** Where the files of the page are; they carry their version, so browsers may keep them. */
export interface PageFiles {
  styles: readonly string[];
  script: string;
}

/**
 * What a shared page shows, in pieces of HTML, so that a long one can be made with pauses between: complete without any
 * program in the browser. It says what the snapshot says, and when it was shared (epoch ms), and nothing else.
 */
export function* renderShareBody(id: string, snapshot: ShareSnapshot, sharedAt?: number): Generator<string> {
  const { columns, thinking } = snapshot;
  const first = titleQuestionOf(snapshot);
  yield renderTop(id);
  const width = columns.length > 1 ? 'max-w-[100rem]' : 'max-w-[calc(var(--column)+2rem)]';
  yield `<main class="mx-auto px-4 pt-9 pb-12 print:max-w-none print:px-0 print:py-4 ${width}" data-columns="${columns.length}"><header>${first ? questionHeading(first) : heading(snapshot.title)}`;
  const kind = columns.length > 1 ? 'comparison of' : 'conversation with';
  const left = thinking === 'left-out' ? ' The thinking is left out.' : '';
  const sideBySide =
    columns.length > 1
      ? 'not-print:lg:grid not-print:lg:auto-cols-[minmax(24rem,1fr)] not-print:lg:grid-flow-col not-print:lg:overflow-x-auto not-print:lg:pb-4'
      : '';
  const shared = sharedAt === undefined ? 'when it was shared' : `on ${formatDay(sharedAt, 'UTC')}`;
  yield `${lead(`A ${kind} ${modelsWords(columns)}, as it was ${shared}.${left}`)}</header>`;
  if (columns.length > 1) yield* renderComparison(columns);
  yield `<div class="mt-8 space-y-12 not-print:lg:space-y-0 ${sideBySide}">`;
  for (const [i, column] of columns.entries()) yield* renderColumn(snapshot, { column, index: i, told: first?.text });
  yield '</div></main><footer class="px-4 pt-6 pb-10 text-center text-sm text-ink-muted">Models make mistakes, in their thinking too. Shared with <a class="underline" href="/">Thinkglass</a>.</footer>';
  yield '<p id="share-said" role="status" class="sr-only"></p></body></html>\n';
}

/** What stands before it. What belongs to one request (address and light) is put in by `finishHead`. */
export function renderShareHead(id: string, snapshot: ShareSnapshot, files: PageFiles): string {
  const title = escapeHtml(snapshot.title);
  const description = escapeHtml(describe(snapshot));
  const image = `${baseMark}/s/${id}/image`;
  const tags = [
    `<meta name="description" content="${description}">`,
    '<meta property="og:type" content="article">',
    '<meta property="og:site_name" content="Thinkglass">',
    `<meta property="og:title" content="${title}">`,
    `<meta property="og:description" content="${description}">`,
    `<meta property="og:url" content="${baseMark}/s/${id}">`,
    `<meta property="og:image" content="${image}">`,
    '<meta property="og:image:type" content="image/png">',
    '<meta property="og:image:width" content="1200">',
    '<meta property="og:image:height" content="630">',
    `<meta property="og:image:alt" content="${title}">`,
    '<meta name="twitter:card" content="summary_large_image">',
  ];
  return openDocument(`${snapshot.title} · Thinkglass`, files, tags.join(''));
}

/** Stand for what is known only when somebody asks; no text of a snapshot can hold them, for it is escaped. */
const baseMark = '<<base>>';
const themeMark = '<<theme>>';

/** The head for one request. `base` is the address that links to this server begin with. */
export function finishHead(head: string, { base, theme }: { base: string; theme: string }): string {
  return head.replaceAll(baseMark, () => escapeHtml(base)).replace(themeMark, () => escapeHtml(theme));
}

/** What stands at every address that is no open share, whatever it was: always the same. */
export function renderGonePage(files: PageFiles): string {
  return `${openDocument('Not found · Thinkglass', files, '')}${noticeOf('There is nothing here.', 'This link was never there, has expired, or was taken back.')}</body></html>\n`;
}

/** What stands in a shared page's place while it cannot be shown; `words` say why, and what to do. */
export function renderTroublePage(files: PageFiles, words: string): string {
  return `${openDocument('Not now · Thinkglass', files, '')}${noticeOf('This page cannot be shown right now.', words)}</body></html>\n`;
}

function noticeOf(title: string, words: string): string {
  return `${topBar('')}<main class="mx-auto max-w-[calc(var(--column)+2rem)] px-4 py-[20vh]">${heading(title)}${lead(words)}</main>`;
}

function heading(text: string): string {
  return `<h1 dir="auto" class="font-serif text-xl leading-tight font-medium tracking-tight wrap-anywhere text-balance md:text-2xl">${escapeHtml(text)}</h1>`;
}

/** A first question longer than this is no title. */
const longestTitle = 1000;

/** The first question, where it can be the page's title as a whole. */
function titleQuestionOf({ columns }: ShareSnapshot): SharedQuestion | undefined {
  const first = columns[0]?.messages[0];
  return first?.role === 'user' && first.text.trim() !== '' && first.text.length <= longestTitle ? first : undefined;
}

/** A long one is set as a text is, with its lines. */
function questionHeading({ text, files }: SharedQuestion): string {
  const note = filesWords(files);
  const below = note === undefined ? '' : `<p class="mt-1.5 text-sm text-ink-muted">${escapeHtml(note)}</p>`;
  const bare = text.trim();
  if (bare.length <= 220 && !bare.includes('\n')) return heading(bare) + below;
  return `<h1 dir="auto" class="font-serif text-prose leading-normal font-medium wrap-anywhere whitespace-pre-wrap"${overlongMark(text)}>${escapeHtml(bare)}</h1>${below}`;
}

/** What a page says below its heading. */
function lead(text: string): string {
  return `<p class="mt-2 text-base text-ink-muted">${escapeHtml(text)}</p>`;
}

function openDocument(title: string, files: PageFiles, tags: string): string {
  const styles = files.styles.map((href) => `<link rel="stylesheet" href="${href}">`).join('');
  return (
    `<!doctype html><html lang="en" data-theme="${tags === '' ? 'system' : themeMark}"><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">' +
    '<meta name="robots" content="noindex, nofollow, noarchive"><meta name="referrer" content="no-referrer">' +
    `<title>${escapeHtml(title)}</title>${tags}<link rel="icon" href="/icon.svg" type="image/svg+xml">${styles}` +
    `${tags === '' ? '' : `<script src="${files.script}" defer></script>`}</head><body>`
  );
}

/** One sentence for those who see only the link. */
function describe(snapshot: ShareSnapshot): string {
  const told = snapshot.columns.map((column) => ({ model: column.model, tokens: thinkingTokensOf(column) }));
  return told
    .map(({ model, tokens }) => (tokens === undefined ? model : `${model}: ${formatTokens(tokens)} of thinking`))
    .join(' · ');
}

/** What all that can be pressed has in common. */
const tool = 'rounded-md border px-2 py-1.5 text-sm font-medium sm:px-3';

function renderTop(id: string): string {
  const plain = `${tool} border-line bg-surface hover:border-accent/45`;
  const tools =
    `<button type="button" class="${tool} border-transparent bg-accent text-accent-ink" data-fork="${id}" hidden>Continue in a chat of your own</button>` +
    `<a class="${plain}" href="/s/${id}/markdown" download>Markdown</a>` +
    `<a class="${plain}" href="/s/${id}/data" download="conversation.json">JSON</a>`;
  return topBar(tools);
}

/** The app's mark, as public/icon.svg draws it. */
const lens =
  '<svg aria-hidden="true" width="22" height="22" viewBox="0 0 32 32"><defs><radialGradient id="lens" cx="38%" cy="28%" r="85%"><stop offset="0" class="[stop-color:var(--lens-light)]"/><stop offset=".5" class="[stop-color:var(--lens-mid)]"/><stop offset="1" class="[stop-color:var(--lens-deep)]"/></radialGradient></defs>' +
  '<circle cx="16" cy="16" r="13" fill="url(#lens)"/><circle cx="16" cy="16" r="13.6" class="fill-none stroke-(--lens-rim) stroke-[2.4]"/>' +
  '<path d="M8 12.4a9 9 0 0 1 5.6-4.8" class="fill-none stroke-(--lens-glint) stroke-[2.2]" stroke-linecap="round"/></svg>';

function topBar(tools: string): string {
  return (
    '<header class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-[max(1rem,env(safe-area-inset-left))] py-3">' +
    '<a class="inline-flex items-center gap-2 text-lg font-semibold tracking-tight" href="/">' +
    lens +
    '<span>Think<span class="text-accent">glass</span></span></a>' +
    `<nav class="flex flex-wrap gap-1.5 print:hidden" aria-label="This conversation">${tools}</nav></header>`
  );
}

/** `told`: the question that the page has for its title. */
function* renderColumn(
  snapshot: ShareSnapshot,
  { column, index, told }: { column: SharedColumn; index: number; told: string | undefined },
): Generator<string> {
  const isComparison = snapshot.columns.length > 1;
  const beside = index > 0 ? 'not-print:lg:ml-8 not-print:lg:border-l not-print:lg:border-line not-print:lg:pl-8' : '';
  yield `<section class="flex min-w-0 flex-col gap-7 ${beside}" aria-label="${escapeHtml(column.model)}">`;
  if (isComparison) {
    yield `<h2 class="border-b border-line pb-2 font-semibold wrap-anywhere">${escapeHtml(column.model)}</h2>`;
  }
  if (column.systemPrompt !== undefined) {
    yield `<details class="rounded-md border border-line px-3.5 py-2.5 text-base text-ink-muted" open><summary>System prompt</summary><div class="mt-2 wrap-anywhere whitespace-pre-wrap" dir="auto"${overlongMark(column.systemPrompt)}>${escapeHtml(column.systemPrompt)}</div></details>`;
  }
  for (const [i, message] of column.messages.entries()) {
    if (i === 0 && message.role === 'user' && message.text === told) continue;
    yield* renderMessage(snapshot, message, {
      place: `${index}.${i}`,
      named: !isComparison || message.role === 'user',
    });
  }
  yield '</section>';
}

function* renderMessage(
  snapshot: ShareSnapshot,
  message: SharedMessage,
  { place, named }: { place: string; named: boolean },
): Generator<string> {
  if (message.role === 'user') {
    const files = filesWords(message.files);
    const note =
      files === undefined ? '' : `<small class="mt-1.5 block text-sm text-ink-muted">${escapeHtml(files)}</small>`;
    yield `<article class="flex justify-end not-first:mt-3" aria-label="Question"><div class="question max-w-[min(100%,36rem)] rounded-lg rounded-br-sm bg-ink/6 px-4 py-2.5 wrap-anywhere whitespace-pre-wrap isolate" dir="auto"${overlongMark(message.text)}>${escapeHtml(message.text)}${note}</div></article>`;
    return;
  }
  yield `<article class="flex min-w-0 flex-col gap-3.5" aria-label="${escapeHtml(message.model)} answered">`;
  const head = [
    ...(named ? [`<h2 class="font-semibold wrap-anywhere">${escapeHtml(message.model)}</h2>`] : []),
    ...(message.recording
      ? ['<span class="rounded-full bg-accent-soft px-2 py-px text-xs font-medium text-accent">Recording</span>']
      : []),
  ];
  if (head.length > 0)
    yield `<header class="flex flex-wrap items-center gap-2 text-sm break-after-avoid">${head.join('')}</header>`;
  if (message.thinking !== undefined) {
    const { thinking } = message;
    yield* renderThought({ ...message, thinking }, { place, open: snapshot.thinking === 'shown' });
  }
  if (message.answer !== '') {
    yield '<div class="md-answer">';
    yield* renderMarkdown(message.answer, 'answer');
    yield '</div>';
  }
  if (message.ending)
    yield `<p class="rounded-md bg-sunken px-3.5 py-2 text-base text-ink-muted">${escapeHtml(endingWords[message.ending])}</p>`;
  yield renderHealth(message);
  if (message.timeline) yield renderTimeline(message.timeline);
  yield renderFoot(message, place);
  yield '</article>';
}

function renderFoot(message: SharedAnswer, place: string): string {
  const copy =
    message.answer === ''
      ? ''
      : `<button type="button" class="rounded-md px-2 py-1 font-medium hover:text-ink print:hidden" data-copy="${place}" hidden>Copy</button>`;
  return `<footer class="flex flex-wrap items-center justify-between gap-2 text-sm text-ink-muted tabular-nums"><span>${escapeHtml(numbersWords(message) ?? '')}</span>${copy}</footer>`;
}
