import type { SharedAnswer, SharedColumn, SharedMessage, ShareSnapshot } from '../../lib/share.ts';
import { thinkingTokensOf } from '../../lib/share.ts';
import { escapeHtml, renderMarkdown } from '../markdown/static-html.ts';
import { formatTokens } from '../../lib/quantity-words.ts';
import { endingWords, filesWords, modelsWords, numbersWords, thoughtWords } from './words.ts';

/** Where the files of the page are; they carry their version, so browsers may keep them. */
export interface PageFiles {
  styles: readonly string[];
  script: string;
}

/**
 * What a shared page shows, in pieces of HTML, so that a long one can be made with pauses between: complete without any
 * program in the browser. It says what the snapshot says and nothing else.
 */
export function* renderShareBody(id: string, snapshot: ShareSnapshot): Generator<string> {
  const { columns, thinking, title } = snapshot;
  yield renderTop(id);
  yield `<main class="share" data-columns="${columns.length}"><header class="share-title"><h1 dir="auto">${escapeHtml(title)}</h1>`;
  const kind = columns.length > 1 ? 'comparison of' : 'conversation with';
  const left = thinking === 'left-out' ? ' The thinking is left out.' : '';
  yield `<p>A ${kind} ${escapeHtml(modelsWords(columns))}, as it was when it was shared.${left}</p></header><div class="share-columns">`;
  for (const [i, column] of columns.entries()) yield* renderColumn(snapshot, column, i);
  yield '</div></main><footer class="share-foot">Models make mistakes, in their thinking too. Shared with <a href="/">Thinkglass</a>.</footer>';
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
  return `${openDocument('Not found · Thinkglass', files, '')}${topBar('')}<main class="share share-gone"><header class="share-title"><h1>There is nothing here.</h1><p>This link was never there, has expired, or was taken back.</p></header></main></body></html>\n`;
}

/** What stands in a shared page's place while it cannot be shown; `words` say why, and what to do. */
export function renderTroublePage(files: PageFiles, words: string): string {
  return `${openDocument('Not now · Thinkglass', files, '')}${topBar('')}<main class="share share-gone"><header class="share-title"><h1>This page cannot be shown right now.</h1><p>${escapeHtml(words)}</p></header></main></body></html>\n`;
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

function renderTop(id: string): string {
  const tools =
    `<button type="button" class="share-tool" data-fork="${id}" hidden>Continue in a chat of your own</button>` +
    `<a class="share-tool" href="/s/${id}/markdown" download>Markdown</a>` +
    `<a class="share-tool" href="/s/${id}/data" download="conversation.json">JSON</a>`;
  return topBar(tools);
}

function topBar(tools: string): string {
  return (
    '<header class="share-top"><a class="wordmark" href="/"><svg aria-hidden="true" width="22" height="22" viewBox="0 0 32 32">' +
    '<circle cx="16" cy="16" r="11.5" class="lens-glass"/><circle cx="16" cy="16" r="12.5" class="lens-rim"/>' +
    '<path d="M8.6 12.2a8.6 8.6 0 0 1 5.2-4.6" class="lens-glint"/></svg><span>Think<span class="wordmark-glass">glass</span></span></a>' +
    `<nav class="share-tools" aria-label="This conversation">${tools}</nav></header>`
  );
}

function* renderColumn(snapshot: ShareSnapshot, column: SharedColumn, index: number): Generator<string> {
  const isComparison = snapshot.columns.length > 1;
  yield `<section class="share-column" aria-label="${escapeHtml(column.model)}">`;
  if (isComparison) yield `<h2 class="share-model">${escapeHtml(column.model)}</h2>`;
  if (column.systemPrompt !== undefined) {
    yield `<details class="share-system" open><summary>System prompt</summary><div class="share-words" dir="auto">${escapeHtml(column.systemPrompt)}</div></details>`;
  }
  for (const [i, message] of column.messages.entries()) {
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
    const note = files === undefined ? '' : `<small class="question-files">${escapeHtml(files)}</small>`;
    yield `<article class="question" aria-label="Question"><div class="question-text" dir="auto">${escapeHtml(message.text)}${note}</div></article>`;
    return;
  }
  yield `<article class="answer" aria-label="${escapeHtml(message.model)} answered">`;
  const head = [
    ...(named ? [`<span class="answer-model">${escapeHtml(message.model)}</span>`] : []),
    ...(message.recording ? ['<span class="tag">Recording</span>'] : []),
  ];
  if (head.length > 0) yield `<header class="answer-head">${head.join('')}</header>`;
  if (message.thinking !== undefined) {
    yield `<details class="think"${snapshot.thinking === 'shown' ? ' open' : ''}><summary>${escapeHtml(thoughtWords(message))}</summary><div class="think-text">`;
    yield* renderMarkdown(message.thinking, 'reasoning');
    yield '</div></details>';
  }
  if (message.answer !== '') {
    yield '<div class="answer-text">';
    yield* renderMarkdown(message.answer, 'answer');
    yield '</div>';
  }
  if (message.ending) yield `<p class="answer-ending">${escapeHtml(endingWords[message.ending])}</p>`;
  yield renderFoot(message, place);
  yield '</article>';
}

function renderFoot(message: SharedAnswer, place: string): string {
  const copy =
    message.answer === ''
      ? ''
      : `<button type="button" class="share-tool share-copy" data-copy="${place}" hidden>Copy</button>`;
  return `<footer class="answer-foot"><span>${escapeHtml(numbersWords(message) ?? '')}</span>${copy}</footer>`;
}
