import type { RawField, RawPiece } from '../../raw-text.ts';

/** What a server may repeat of a beginning, told by its visible characters alone: white space is trimmed on the way. */
interface Repeat {
  texts: string[];
  visible: string;
}

interface Watch {
  /** What may still be repeated. */
  alive: Repeat[];
  /** What has come and may be a repetition. */
  held: string;
  /** Visible characters of it. */
  seen: number;
  /** So much of it is a whole repetition. */
  repeated: number;
  /** The white space that the beginning ends in. */
  readonly end: string;
  /** What of `end` may still be repeated; undefined while it is watched. */
  trailing: string | undefined;
}

const whiteSpace = /\s/;
const tag = /<\/?[a-z][\w:.-]*>|\[\/?THINK\]/gi;
/** So short a text is taken for a repetition only where it comes to the character: a model may well say it again itself. */
const shortest = 4;
/** So much of a repetition that breaks off is one; less may be the model's own. */
const longEnough = 12;

/**
 * Takes out of what a server sends what only repeats the beginning that it was given to go on with. Some repeat all of
 * it, some the thinking or the answer, most nothing: so it is compared, however it is cut, and never assumed. Text waits
 * only while it could be a repetition.
 */
export class EchoRemover {
  readonly #watches: Record<RawField, Watch>;

  /** @param begun the beginning as it was written, and its thinking and answer as they are read. */
  constructor(begun: { pieces: readonly RawPiece[]; reasoning: string; answer: string }) {
    const textOf = (field: RawField) => begun.pieces.map((piece) => (piece.field === field ? piece.text : '')).join('');
    const { reasoning, answer } = begun;
    const content = textOf('content');
    const behindTags = [...content.matchAll(tag)].map(({ index, 0: { length } }) => content.slice(index + length));
    const inOne =
      answer === ''
        ? [`<think>${reasoning}`, reasoning]
        : [`<think>${reasoning}</think>${answer}`, `${reasoning}</think>${answer}`, reasoning + answer];
    this.#watches = {
      reasoning: createWatch([textOf('reasoning'), reasoning], trailingOf(textOf('reasoning') || content)),
      content: createWatch([content, ...behindTags, answer, ...(reasoning === '' ? [] : inOne)], trailingOf(content)),
    };
  }

  /** What of a text is new, perhaps with what had to wait before it. */
  push(field: RawField, text: string): RawPiece[] {
    const before = field === 'content' && text.trim() !== '' ? this.#settle('reasoning') : [];
    const news = this.#take(field, text);
    return news === '' ? before : [...before, { field, text: news }];
  }

  /** What still waits, when nothing more comes. @param broken it was cut off, perhaps in the middle of a repetition. */
  end(broken: boolean): RawPiece[] {
    return (['reasoning', 'content'] as const).flatMap((field) => this.#settle(field, broken));
  }

  #take(field: RawField, text: string): string {
    const watch = this.#watches[field];
    if (watch.trailing !== undefined) return withoutTrailing(watch, text);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charAt(i);
      watch.held += unit;
      if (whiteSpace.test(unit)) continue;
      watch.alive = watch.alive.filter(({ visible }) => visible.charAt(watch.seen) === unit);
      watch.seen++;
      const whole = watch.alive.find(({ visible }) => visible.length === watch.seen);
      if (whole && isRepeat(whole, watch.held)) watch.repeated = watch.held.length;
      watch.alive = watch.alive.filter(({ visible }) => visible.length > watch.seen);
      if (watch.alive.length === 0) return release(watch, text.slice(i + 1));
    }
    return watch.alive.length === 0 ? release(watch, '') : '';
  }

  #settle(field: RawField, broken = true): RawPiece[] {
    const watch = this.#watches[field];
    if (watch.trailing !== undefined || watch.held === '') return [];
    const isPart = broken && watch.repeated === 0 && watch.seen >= longEnough;
    if (isPart) watch.repeated = watch.held.length;
    const text = release(watch, '');
    return text === '' ? [] : [{ field, text }];
  }
}

/** A short text that comes again is the model's own, unless it is just as it was given. */
function isRepeat({ texts, visible }: Repeat, held: string): boolean {
  return visible.length >= shortest || texts.some((text) => held === text.trimEnd());
}

function createWatch(texts: readonly string[], end: string): Watch {
  const repeats = new Map<string, Repeat>();
  for (const text of texts) {
    const visible = text.replace(/\s+/g, '');
    if (visible === '') continue;
    const known = repeats.get(visible);
    if (known) known.texts.push(text);
    else repeats.set(visible, { texts: [text], visible });
  }
  return { alive: [...repeats.values()], held: '', seen: 0, repeated: 0, end, trailing: undefined };
}

/** Gives back what is held and is no repetition; from here on all is new but the white space that the beginning ended in. */
function release(watch: Watch, rest: string): string {
  const news = watch.held.slice(watch.repeated) + rest;
  watch.trailing = watch.repeated > 0 ? watch.end : '';
  watch.held = '';
  return withoutTrailing(watch, news);
}

function withoutTrailing(watch: Watch, text: string): string {
  const trailing = watch.trailing ?? '';
  let at = 0;
  while (at < text.length && at < trailing.length && text.charAt(at) === trailing.charAt(at)) at++;
  watch.trailing = at === text.length ? trailing.slice(at) : '';
  return text.slice(at);
}

function trailingOf(text: string): string {
  return text.slice(text.trimEnd().length);
}
