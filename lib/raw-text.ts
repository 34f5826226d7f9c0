/** Where a provider put a text: among its content, or in a field of its own for thinking, whatever it calls it. */
export type RawField = 'content' | 'reasoning';

/** A stretch of a model's exact text, with its tags and all its whitespace, as it came by one field. */
export interface RawPiece {
  field: RawField;
  text: string;
}

/** A model's text as it can be told. */
export interface RawText {
  pieces: RawPiece[];
  /** False when it is put together from a message's parts: tags, and whitespace at the edges of the parts, are lost. */
  exact: boolean;
}

/** A text of its own, or so many UTF-16 units of the other texts (all of them joined), from a place on. */
type Copy = [from: number, length: number];
type Step = string | Copy;

/**
 * Pieces told by what other texts (the parts of the message, say) do not hold. To be kept as JSON, which keeps NUL and
 * half surrogates too; of a long answer it is a few tags long.
 */
export type RawCode = [field: 'c' | 'r', ...Step[]][];

/** Gathers a model's exact text as it comes. Costs the length of what is added, and holds it once. */
export class RawRecorder {
  readonly #settled: RawPiece[] = [];
  #recent: { field: RawField; texts: string[] }[] = [];

  add(field: RawField, text: string): void {
    const last = this.#recent.at(-1);
    if (last?.field === field) last.texts.push(text);
    else this.#recent.push({ field, texts: [text] });
  }

  /** What has come since the last call. */
  takeTail(): RawPiece[] {
    const tail = this.#recent.map(({ field, texts }) => ({ field, text: texts.join('') }));
    this.#recent = [];
    for (const piece of tail) this.#settled.push(piece);
    return joinPieces(tail);
  }

  /** All that has come. */
  pieces(): RawPiece[] {
    const recent = this.#recent.map(({ field, texts }) => ({ field, text: texts.join('') }));
    return joinPieces([...this.#settled, ...recent]);
  }
}

/** The same text in as few pieces as say it. */
export function joinPieces(pieces: readonly RawPiece[]): RawPiece[] {
  const runs: { field: RawField; texts: string[] }[] = [];
  for (const { field, text } of pieces) {
    if (text === '') continue;
    const last = runs.at(-1);
    if (last?.field === field) last.texts.push(text);
    else runs.push({ field, texts: [text] });
  }
  return runs.map(({ field, texts }) => ({ field, text: texts.join('') }));
}

/**
 * Pieces as what `texts` do not hold of them. Whatever the texts are, `decodeRawText` gives the (joined) pieces back;
 * what the texts hold in about the same order is not said twice. Cost is linear in the pieces.
 */
export function encodeRawText(pieces: readonly RawPiece[], texts: readonly string[]): RawCode {
  const finder = new CopyFinder(texts);
  return joinPieces(pieces).map(({ field, text }) => [
    field === 'content' ? 'c' : 'r',
    ...stepsOf(field, text, finder),
  ]);
}

/** The pieces again; undefined when this is no code, or one of other texts. */
export function decodeRawText(code: unknown, texts: readonly string[]): RawPiece[] | undefined {
  if (!Array.isArray(code)) return undefined;
  const source = texts.join('');
  const pieces: RawPiece[] = [];
  for (const piece of code as unknown[]) {
    if (!Array.isArray(piece) || (piece[0] !== 'c' && piece[0] !== 'r')) return undefined;
    const written: string[] = [];
    for (const step of piece.slice(1) as unknown[]) {
      const text = textOfStep(step, source);
      if (text === undefined) return undefined;
      written.push(text);
    }
    pieces.push({ field: piece[0] === 'c' ? 'content' : 'reasoning', text: written.join('') });
  }
  return pieces;
}

function textOfStep(step: unknown, source: string): string | undefined {
  if (typeof step === 'string') return step;
  if (!Array.isArray(step) || step.length !== 2) return undefined;
  const [from, length] = step as unknown[];
  if (!Number.isInteger(from) || !Number.isInteger(length)) return undefined;
  const [start, end] = [from as number, (from as number) + (length as number)];
  return start >= 0 && start <= end && end <= source.length ? source.slice(start, end) : undefined;
}

/** A shorter copy would be said in more letters than its text has. */
const shortestCopy = 12;

function stepsOf(field: RawField, text: string, finder: CopyFinder): Step[] {
  const steps: Step[] = [];
  let own = 0; // where the text of its own begins that no step has said
  let at = 0;
  while (at < text.length) {
    const found = finder.next(field, text, at);
    if (found.length < shortestCopy) {
      at = found.at + found.length;
      continue;
    }
    if (found.at > own) steps.push(text.slice(own, found.at));
    steps.push([found.from, found.length]);
    at = found.at + found.length;
    own = at;
  }
  if (text.length > own) steps.push(text.slice(own));
  return steps;
}

/** How far ahead a text is looked for that does not go on at once: longer than tags are. */
const window = 2048;
const probeLength = 24;
/**
 * Where in a text its probes begin. The later ones find a text of which the beginning came before (the splitter had held
 * it back).
 */
const probesAt = [0, 32, 256];
/** A text that is shorter is not looked for. */
const shortestText = 8;
/** Texts looked for beyond those already found. */
const textsAhead = 3;

interface Found {
  /** In the piece. */
  at: number;
  /** In the source. */
  from: number;
  length: number;
}

/** Finds stretches of a piece in the source. What it misses costs room, never truth. */
class CopyFinder {
  readonly #source: string;
  /** Beginnings and ends, in the source, of the texts worth looking for. */
  readonly #spans: { start: number; end: number }[] = [];
  /** Where each field's text goes on, if it goes on as the source does. */
  readonly #nextOf: Record<RawField, number> = { content: 0, reasoning: 0 };
  /** The first span that nothing has been copied from. */
  #fresh = 0;

  constructor(texts: readonly string[]) {
    this.#source = texts.join('');
    let start = 0;
    for (const text of texts) {
      if (text.length >= shortestText) this.#spans.push({ start, end: start + text.length });
      start += text.length;
    }
  }

  /** The first stretch at or behind `at`; one of no length, further on, when there is none near. */
  next(field: RawField, piece: string, at: number): Found {
    const near = piece.slice(at, at + window + probeLength);
    let best: Found | undefined;
    for (const from of this.#candidates(field)) {
      const found = this.#find(near, from, best?.at ?? window);
      if (found && (!best || found.at < best.at)) best = found;
      if (best?.at === 0) break;
    }
    if (!best) return { at: Math.min(piece.length, at + window), from: 0, length: 0 };
    const start = at + best.at;
    const length = this.#lengthOfMatch(piece, start, best.from);
    this.#nextOf[field] = best.from + length;
    while ((this.#spans[this.#fresh]?.start ?? Number.POSITIVE_INFINITY) < best.from + length) this.#fresh++;
    return { at: start, from: best.from, length };
  }

  #candidates(field: RawField): number[] {
    const ahead = this.#spans.slice(this.#fresh, this.#fresh + textsAhead).map((span) => span.start);
    return [this.#nextOf[field], ...ahead];
  }

  /** Where `near` begins to say what the source says from `from` on, looked for by probes; before `limit`. */
  #find(near: string, from: number, limit: number): Found | undefined {
    const end = this.#endOf(from); // what follows in the source follows in the piece only behind a tag
    for (const offset of probesAt) {
      const probe = this.#source.slice(from + offset, Math.min(end, from + offset + probeLength));
      if (probe.length < shortestText) return undefined;
      const hit = near.slice(0, limit + offset + probe.length).indexOf(probe);
      if (hit < 0) continue;
      let back = 0;
      while (back < offset && back < hit && near[hit - back - 1] === this.#source[from + offset - back - 1]) back++;
      return { at: hit - back, from: from + offset - back, length: 0 };
    }
    return undefined;
  }

  /** The end of the span that holds this place; the place itself where none does. */
  #endOf(from: number): number {
    let [low, high] = [0, this.#spans.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#spans[middle]?.start ?? 0) <= from) low = middle + 1;
      else high = middle;
    }
    return Math.max(from, this.#spans[low - 1]?.end ?? 0);
  }

  #lengthOfMatch(piece: string, at: number, from: number): number {
    const stride = 512;
    let length = 0;
    const most = Math.min(piece.length - at, this.#source.length - from);
    while (
      length + stride <= most &&
      piece.startsWith(this.#source.slice(from + length, from + length + stride), at + length)
    ) {
      length += stride;
    }
    while (length < most && piece.charCodeAt(at + length) === this.#source.charCodeAt(from + length)) length++;
    return length;
  }
}
