/**
 * The content channel's rules once more, for whole texts and without thought for speed: every question is answered by looking
 * at all the text again. Written from the specification, sharing no code with the splitter, to be compared with it.
 */
import type { Finish, PartKind, SplitterOptions } from '../src/splitter.ts';

interface Piece {
  sort: 'text' | 'think-open' | 'think-close' | 'answer-open' | 'answer-close' | 'user' | 'assistant';
  raw: string;
  pair: number;
  selfClosing: boolean;
}

export interface SlowResult {
  segments: Array<[PartKind, string]>;
  complete: boolean;
  rescued: boolean;
  cut: boolean;
}

const WS = '[ \\t\\n\\v\\f\\r]';
const ONLY_WS = new RegExp(`^${WS}*$`);
const trim = (text: string) => text.replace(new RegExp(`^${WS}+`), '').replace(new RegExp(`${WS}+$`), '');
const quote = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Matches one tag of this spelling in the way of §4. */
export function patternOf(spelling: string): string {
  const angle = /^<(\/?)([a-zA-Z][a-zA-Z0-9_:.|-]*)>$/.exec(spelling);
  if (!angle) return quote(spelling);
  const name = quote(angle[2] ?? '');
  if (angle[1]) return `(?i:<\\/${name}[ \\t]{0,8}>)`;
  return `(?i:<${name}(?:(?=[ \\t/][^<>\\n\\r]{0,63}>)(?:[ \\t\\v\\f]*\\/?|[^<>\\n\\r]*=[^<>\\n\\r]*))?>)`;
}

function piecesOf(text: string, options: SplitterOptions): Piece[] {
  const spellings: Array<[Piece['sort'], number, string]> = [];
  for (const [pair, [open, close]] of (options.thinkTags ?? [['<think>', '</think>']]).entries()) {
    spellings.push(['think-open', pair, patternOf(open)], ['think-close', pair, patternOf(close)]);
  }
  if (options.answerTags !== false) {
    const [open, close] = options.answerTags ?? ['<answer>', '</answer>'];
    spellings.push(['answer-open', 0, patternOf(open)], ['answer-close', 0, patternOf(close)]);
  }
  if (options.completion) {
    const labels =
      options.completion === true ? { user: ['User:', 'Human:'], assistant: ['Assistant:'] } : options.completion;
    for (const label of labels.user) spellings.push(['user', 0, quote(label)]);
    for (const label of labels.assistant) spellings.push(['assistant', 0, quote(label)]);
  }
  const pieces: Piece[] = [];
  let at = 0;
  const any = new RegExp(spellings.map((s) => `(${s[2]})`).join('|'), 'g');
  for (const match of text.matchAll(any)) {
    if (match.index > at) pieces.push({ sort: 'text', raw: text.slice(at, match.index), pair: 0, selfClosing: false });
    const [sort, pair] = spellings[match.slice(1).findIndex((group) => group !== undefined)] ?? ['text', 0];
    pieces.push({ sort, raw: match[0], pair, selfClosing: sort.endsWith('open') && match[0].endsWith('/>') });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ sort: 'text', raw: text.slice(at), pair: 0, selfClosing: false });
  return pieces;
}

/** §4a: control tokens, the longest first; those that end a turn go only from the very end. */
export function withoutMarks(
  text: string,
  { end = endMarks, drop = [] }: NonNullable<SplitterOptions['marks']>,
): string {
  const marks = [...end, ...drop].sort((a, b) => b.length - a.length);
  const pieces = text.split(new RegExp(`(${marks.map(quote).join('|')})`));
  const kept = pieces.filter((piece) => !drop.includes(piece));
  while (kept.some((piece) => piece !== '')) {
    const last = kept.at(-1) ?? '';
    const before = kept.slice(0, -1).findLast((piece) => !ONLY_WS.test(piece)) ?? '';
    if (end.includes(last) || last === '' || (ONLY_WS.test(last) && end.includes(before))) kept.pop();
    else break;
  }
  return kept.join('');
}

const endMarks = [
  ...['<|im_end|>', '<|endoftext|>', '<|eot_id|>', '<|end_of_text|>', '<|eom_id|>', '<|return|>', '<|EOT|>'],
  ...[
    '<|end▁of▁sentence|>',
    '<｜end▁of▁sentence｜>',
    '<end_of_turn>',
    '<turn|>',
    '<|END_OF_TURN_TOKEN|>',
    '<seed:eos>',
  ],
];

export function slowSplit(input: string, options: SplitterOptions = {}, finish: Finish = null): SlowResult {
  const text = withoutMarks(input.startsWith('\ufeff') ? input.slice(1) : input, options.marks ?? {});
  const mode = options.startsInReasoning ?? 'auto';
  const anywhere = options.openers === 'anywhere';
  /** A block is what lies between two recognised tags; blocks without visible text are no segments. */
  const blocks: Array<{ kind: PartKind; text: string }> = [{ kind: 'answer', text: '' }];
  let state: PartKind = mode === true ? 'reasoning' : 'answer';
  let implied = mode === true;
  let seen = mode === true;
  let inAnswer = false;
  let debt = 0;
  let mark = 0;
  let pair = 0;
  let blockVisible = false;
  let pristine = true;
  let since = ''; // text since the last recognised tag
  let fence: { char: string; length: number; pending: number } | null = null;
  let lineThink = 0;
  let lineAnswer = 0;
  let opener: { block: number; start: number; end: number } | null = null;
  let tail: { block: number; from: number; innerFrom: number; innerTo: number; to: number } | null = null;
  let rescued = false;
  let cut = false;

  const last = () => blocks.length - 1;
  const block = () => blocks[last()] ?? { kind: state, text: '' };
  const line = () => since.slice(since.lastIndexOf('\n') + 1);
  const lineStart = () => /^[\r ]*$/.test(line()) && line().replaceAll('\r', '').length <= 3;
  const onlyWs = () => ONLY_WS.test(since);
  const structural = () => lineStart() || onlyWs();
  const inSpan = () => {
    let open = 0;
    for (const [run] of line().matchAll(/`+/g)) {
      if (open === 0) open = run.length;
      else if (open === run.length) open = 0;
    }
    return open > 0;
  };
  const hasAnswer = () => blocks.some((b) => b.kind === 'answer' && trim(b.text) !== '');
  const nextBlock = () => blocks.push({ kind: state, text: '' });
  const write = (raw: string) => {
    for (const char of raw.split('')) {
      if (char === '\n' && state === 'answer') completeLine(line());
      since += char;
      if (char === '\n') lineThink = lineAnswer = 0;
    }
    block().kind = state;
    block().text += raw;
    if (!ONLY_WS.test(raw)) blockVisible = true;
    if (!ONLY_WS.test(raw)) pristine = false;
  };
  const completeLine = (whole: string) => {
    const head = whole.slice(0, 200).replace(/\r$/, '');
    const match = /^[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)*(`{3,}|~{3,})(.*)$/.exec(head);
    const run = match?.[1];
    const rest = match?.[2];
    if (run === undefined || rest === undefined) return;
    const char = run.charAt(0);
    if (!fence) {
      if (char === '~' || !rest.includes('`')) fence = { char, length: run.length, pending: 0 };
    } else if (char === fence.char && run.length >= fence.length && ONLY_WS.test(rest)) {
      fence = null;
    }
  };
  const recognise = () => {
    nextBlock();
    since = '';
    lineThink = lineAnswer = 0;
    pristine = false;
  };
  const reclassify = (from: number) => {
    for (const b of blocks.slice(from)) if (b.kind === 'answer') b.kind = 'reasoning';
  };
  const leave = () => {
    state = 'answer';
    seen = true;
    implied = false;
    mark = last();
    fence = null;
    opener = null;
  };
  const pay = () => {
    debt--;
    reclassify(mark);
    inAnswer = false;
    recognise();
    leave();
  };
  const rememberOpener = (raw: string) => {
    write(raw);
    opener = { block: last(), start: block().text.length - raw.length, end: block().text.length };
  };
  const candidate = (raw: string) => {
    write(raw);
    if (opener?.block !== last()) return;
    const to = block().text.length;
    tail = { block: last(), from: opener.start, innerFrom: opener.end, innerTo: to - raw.length, to };
  };
  const rescue = () => {
    if (!tail) return;
    const { from, innerFrom, innerTo, to } = tail;
    const target = blocks[tail.block];
    if (!target || blocks.slice(tail.block + 1).some((b) => trim(b.text) !== '')) return;
    const inside = target.text.slice(innerFrom, innerTo);
    if (trim(target.text.slice(to)) !== '' || trim(inside) === '') return;
    target.text = target.text.slice(0, from);
    if (target.kind === 'answer' && mode === 'auto' && !seen) target.kind = 'reasoning';
    blocks.push({ kind: 'answer', text: inside });
    state = 'answer';
    inAnswer = false;
    rescued = true;
  };

  const pieces = piecesOf(text, options);
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (!piece) break;
    const { sort, raw, selfClosing } = piece;
    const following = pieces[i + 1];
    /** A12; looks ahead, and takes the whitespace behind the closer along. */
    const stray = () => {
      if (onlyWs()) return recognise();
      const wasLineStart = lineStart();
      let ws = '';
      let next = following;
      let visible = false;
      if (following?.sort === 'text') {
        ws = (new RegExp(`^${WS}*`).exec(following.raw) ?? [''])[0];
        visible = ws.length < following.raw.length;
        next = pieces[i + 2];
      }
      const newline = ws.includes('\n');
      const label = !visible && next && (next.sort === 'assistant' || (next.sort === 'user' && !newline));
      const dropped = visible || label ? wasLineStart && newline : true;
      if (dropped) recognise();
      else write(raw);
    };

    if (sort === 'text' || state === 'discarded') write(raw);
    else if (sort === 'assistant') {
      if (pristine) recognise();
      else write(raw);
    } else if (sort === 'user') {
      if (state === 'answer' && !fence && structural() && hasAnswer()) {
        rescue();
        state = 'discarded';
        nextBlock();
        cut = true;
      }
      write(raw);
    } else if (state === 'answer' && fence) {
      const open: { pending: number } = fence;
      if (sort === 'think-close' && lineStart() && debt > 0) pay();
      else if (sort === 'answer-close' && lineStart() && inAnswer && open.pending === 0) {
        inAnswer = false;
        fence = null;
        opener = null;
        recognise();
      } else {
        if (sort === 'answer-open' && !selfClosing) open.pending++;
        if (sort === 'answer-close') open.pending = Math.max(0, open.pending - 1);
        write(raw);
      }
    } else if (state === 'answer' && inSpan()) write(raw);
    else if (state === 'answer') {
      const counts = anywhere || structural();
      if (sort === 'think-open' && selfClosing) {
        if (counts) seen = true;
        if (counts) recognise();
        else write(raw);
      } else if (sort === 'think-open') {
        if (counts) {
          recognise();
          state = 'reasoning';
          implied = false;
          seen = true;
          pair = piece.pair;
          blockVisible = false;
          fence = null;
          opener = null;
        } else {
          write(raw);
          lineThink++;
        }
      } else if (sort === 'answer-open' && selfClosing) write(raw);
      else if (sort === 'answer-open' && counts) {
        if (mode === 'auto' && !seen) {
          if (hasAnswer()) {
            reclassify(0);
            debt++;
            mark = blocks.length;
          }
          seen = true;
        }
        inAnswer = true;
        opener = null;
        recognise();
      } else if (sort === 'answer-open') {
        rememberOpener(raw);
        lineAnswer++;
      } else if (sort === 'think-close') {
        if (lineThink > 0) {
          write(raw);
          lineThink--;
        } else if (debt > 0) pay();
        else if (mode === 'auto' && !seen) {
          reclassify(0);
          recognise();
          leave();
        } else stray();
      } else if (lineAnswer > 0) {
        candidate(raw);
        lineAnswer--;
      } else if (inAnswer) {
        inAnswer = false;
        opener = null;
        recognise();
      } else if (opener) candidate(raw);
      else stray();
    } else if (sort === 'think-close') {
      if (!implied && piece.pair !== pair) write(raw);
      else if (inSpan() && following?.raw.startsWith('`')) write(raw);
      else {
        recognise();
        leave();
      }
    } else if (sort === 'think-open') {
      if (selfClosing) {
        if (structural() && !inSpan()) recognise();
        else write(raw);
      } else if (!blockVisible) {
        recognise();
        implied = false;
        pair = piece.pair;
      } else if (piece.pair === pair && lineStart()) {
        recognise();
        debt++;
        implied = false;
      } else write(raw);
    } else if (sort === 'answer-open') {
      if (selfClosing) write(raw);
      else if (structural()) {
        recognise();
        leave();
        inAnswer = true;
        debt++;
      } else if (inSpan()) write(raw);
      else rememberOpener(raw);
    } else candidate(raw);
  }

  if (state !== 'discarded') rescue();
  if (state === 'reasoning' && implied && finish === 'stop' && !hasAnswer()) {
    for (const b of blocks) b.kind = 'answer';
    state = 'answer';
  }
  const failed = finish === 'length' || finish === 'abort' || finish === 'error';
  return {
    segments: blocks.map((b): [PartKind, string] => [b.kind, trim(b.text)]).filter((s) => s[1] !== ''),
    complete: state === 'discarded' || !(failed || state === 'reasoning' || (inAnswer && finish !== 'stop')),
    rescued,
    cut,
  };
}
