/** A stretch of a raw text as it is drawn: plain, or a tag. */
export interface RawStretch {
  text: string;
  isTag: boolean;
}

/** A chunk of lines that the browser may leave undrawn while it is far from the screen. */
export interface RawChunk {
  text: string;
  /** It ends within a line, because the line is very long. */
  isCut: boolean;
}

/** In UTF-16 units: small enough to be drawn in a few milliseconds. */
const chunkLength = 6_000;

/** Cuts a text into chunks, at line ends where there are any; joined they are the text. */
export function chunksOf(text: string): RawChunk[] {
  const chunks: RawChunk[] = [];
  for (let from = 0; from < text.length; ) {
    const to = endOfChunk(text, from);
    const chunk = text.slice(from, to);
    chunks.push({ text: chunk, isCut: to < text.length && !chunk.endsWith('\n') });
    from = to;
  }
  return chunks;
}

function endOfChunk(text: string, from: number): number {
  const most = from + chunkLength;
  if (most >= text.length) return text.length;
  const line = text.lastIndexOf('\n', most - 1);
  if (line >= from) return line + 1;
  const space = text.lastIndexOf(' ', most - 1);
  if (space > from + chunkLength / 2) return space + 1;
  const code = text.charCodeAt(most - 1);
  return code >= 0xd800 && code < 0xdc00 ? most + 1 : most; // not between the halves of a character
}

/** Tags of reasoning formats, whoever writes them, and the special tokens of chat templates. */
const tagPattern =
  /<\/?(?:think|thinking|thought|thoughts|reasoning|reflection|answer|final|response|output|seed:think)\b[^<>\n]{0,80}>|\[\/?THINK\]|◁\/?think▷|<[|｜][^|｜<>\n]{1,40}[|｜]>/gi;

/** A chunk's tags and what stands between them, in order. */
export function stretchesOf(chunk: string): RawStretch[] {
  const stretches: RawStretch[] = [];
  let from = 0;
  for (const { 0: tag, index } of chunk.matchAll(tagPattern)) {
    if (index > from) stretches.push({ text: chunk.slice(from, index), isTag: false });
    stretches.push({ text: tag, isTag: true });
    from = index + tag.length;
  }
  if (from < chunk.length) stretches.push({ text: chunk.slice(from), isTag: false });
  return stretches;
}

const visible: Record<string, string> = {
  ' ': '·\u200b', // where it may still be broken
  '\t': '→\t',
  '\n': '↵\n',
  '\r': '␍',
  '\v': '␋',
  '\f': '␌',
  '\0': '␀',
  '\u00a0': '⍽',
  '\u200b': '⟨200B⟩',
  '\u200c': '⟨200C⟩',
  '\u200d': '⟨200D⟩',
  '\u2028': '⟨2028⟩',
  '\u2029': '⟨2029⟩',
  '\u3000': '□',
  '\ufeff': '⟨FEFF⟩',
};

/** A text whose whitespace, and what is nothing to the eye, is shown by signs. */
export function showWhitespace(text: string): string {
  return text.replace(/[ \t\n\r\v\f\0\u00a0\u200b-\u200d\u2028\u2029\u3000\ufeff]/g, (unit) => visible[unit] ?? unit);
}
