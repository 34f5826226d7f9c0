/**
 * Draws the image of a shared conversation in a thread of its own: glyphs are put down as outlines, so no font of the
 * machine and nothing of the network is asked. Imports nothing but node's own modules at its start, so that it runs as it
 * stands and as a bundler copies it; what it needs is loaded from the paths it is given.
 */
import { formatCounted } from '../quantity-words.ts';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

export interface ImageWorkerData {
  /** Path of the module that reads fonts. */
  fontLibrary: string;
  /** Path of the module that turns SVG into PNG, and of its WebAssembly. */
  rasterLibrary: string;
  rasterWasm: string;
  /** Folders of font packages. */
  fonts: { serif: string; sans: string; han: string };
}

/** What the image says. */
export interface ShareImage {
  question: string;
  columns: { model: string; thinkingTokens?: number; answerTokens?: number }[];
}

export type ImageRequest = { id: number; image: ShareImage };
export type ImageResponse = { id: number; png: Uint8Array<ArrayBuffer> } | { id: number; error: string };

interface Glyph {
  path: { toSVG(): string };
}

interface Font {
  unitsPerEm: number;
  hasGlyphForCodePoint(code: number): boolean;
  layout(text: string): { glyphs: Glyph[]; positions: { xAdvance: number; xOffset: number; yOffset: number }[] };
}

interface Raster {
  initWasm(wasm: Uint8Array): Promise<void>;
  Resvg: new (svg: string) => { render(): { asPng(): Uint8Array<ArrayBuffer> } };
}

const paths = workerData as ImageWorkerData; // made by share-image.ts alone
const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread.');
const require = createRequire(paths.fontLibrary);

const width = 1200;
const height = 630;
const margin = 72;
const colour = {
  paper: '#faf8f4',
  ink: '#1b1f2a',
  muted: '#5a6070',
  accent: '#17656f',
  line: '#e6e0d6',
  glass: '#b9d9d8',
};

/** A family cut into files by characters, as its package lists them. */
class Family {
  readonly #folder: string;
  readonly #subsets: { ranges: [number, number][]; file: string; font?: Font }[];
  /** The thinnest weight is all that can be read of it: lines of this many em make it regular. */
  readonly stroke: number;

  constructor(folder: string, name: string, stroke = 0) {
    this.#folder = folder;
    this.stroke = stroke;
    const listed = JSON.parse(readFileSync(path.join(folder, 'unicode.json'), 'utf8')) as Record<string, string>;
    this.#subsets = Object.entries(listed).map(([subset, ranges]) => ({
      file: `${name}-${subset.replace(/[[\]]/g, '')}-wght-normal.woff2`,
      ranges: ranges.split(',').map(readRange),
    }));
  }

  find(code: number): Font | undefined {
    const subset = this.#subsets.find(({ ranges }) => ranges.some(([from, to]) => code >= from && code <= to));
    if (!subset) return undefined;
    subset.font ??= this.#open(subset.file);
    return subset.font.hasGlyphForCodePoint(code) ? subset.font : undefined;
  }

  #open(file: string): Font {
    const { create } = require(paths.fontLibrary) as { create(data: Buffer): Font };
    return create(readFileSync(path.join(this.#folder, 'files', file)));
  }
}

function readRange(text: string): [number, number] {
  const [from = '', to = from] = text.trim().replace(/^U\+/i, '').split('-');
  return [Number.parseInt(from.replaceAll('?', '0'), 16), Number.parseInt(to.replaceAll('?', 'F'), 16)];
}

const serif = new Family(paths.fonts.serif, 'source-serif-4');
const sans = new Family(paths.fonts.sans, 'inter');
const han = new Family(paths.fonts.han, 'noto-sans-sc', 0.042);

interface Run {
  text: string;
  font: Font;
  stroke: number;
}

/** A text cut where its font changes. What no font has is left out. */
function runsOf(text: string, families: readonly Family[]): Run[] {
  const runs: Run[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    for (const family of families) {
      const font = family.find(code);
      if (!font) continue;
      const last = runs.at(-1);
      if (last?.font === font) last.text += character;
      else runs.push({ text: character, font, stroke: family.stroke });
      break;
    }
  }
  return runs;
}

/** The outlines of one line, and how wide it is, in px. */
function setLine(text: string, style: { families: readonly Family[]; size: number; fill: string; bold?: boolean }) {
  const { size, fill } = style;
  let x = 0;
  let outlines = '';
  for (const { text: words, font, stroke } of runsOf(text, style.families)) {
    const scale = size / font.unitsPerEm;
    const line = (stroke + (style.bold ? 0.026 : 0)) * font.unitsPerEm;
    const weight = line > 0 ? ` stroke="${fill}" stroke-width="${line}" stroke-linejoin="round"` : '';
    const { glyphs, positions } = font.layout(words);
    for (const [i, glyph] of glyphs.entries()) {
      const place = positions[i];
      if (!place) continue;
      const at = `${(x + place.xOffset * scale).toFixed(2)} ${(-place.yOffset * scale).toFixed(2)}`;
      const d = glyph.path.toSVG();
      if (d) outlines += `<path transform="translate(${at}) scale(${scale} ${-scale})" d="${d}"${weight}/>`;
      x += place.xAdvance * scale;
    }
  }
  return { svg: `<g fill="${fill}">${outlines}</g>`, width: x };
}

type Style = Parameters<typeof setLine>[1];

/** A break is allowed after a space and around a Chinese, Japanese or Korean character, but not before a mark that closes. */
const pieceOfText =
  /(?:[\u3000-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[^\s\u3000-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+)[、。〉》」』】！），．：；？]*\s*|\s+/gu;

/** A text in lines no wider than `most`; the last one ends in an ellipsis when there is more. */
function wrap(text: string, style: Style, most: number, maxLines: number): string[] {
  const lines: string[] = [];
  let line = '';
  const pieces = text.match(pieceOfText) ?? [];
  for (const next of pieces) {
    let piece = next;
    while (setLine((line + piece).trimEnd(), style).width > most) {
      if (line === '') {
        const kept = fitting(piece, style, most);
        lines.push(kept);
        piece = piece.slice(kept.length);
      } else {
        lines.push(line.trimEnd());
        line = '';
      }
      if (lines.length >= maxLines) return [...lines.slice(0, -1), shortened(lines.at(-1) ?? '', style, most)];
    }
    line += piece;
  }
  return line.trim() === '' ? lines : [...lines, line.trimEnd()];
}

function fitting(word: string, style: Style, most: number): string {
  const characters = Array.from(word);
  let count = characters.length;
  while (count > 1 && setLine(characters.slice(0, count).join(''), style).width > most) count -= 1;
  return characters.slice(0, count).join('');
}

function shortened(line: string, style: Style, most: number): string {
  const characters = Array.from(line);
  while (characters.length > 0 && setLine(`${characters.join('').trimEnd()}…`, style).width > most) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

const put = (svg: string, x: number, y: number) => `<g transform="translate(${x} ${y})">${svg}</g>`;

/** Of lines, in their size. */
const spacing = 1.28;

function drawSvg({ question, columns }: ShareImage): string {
  const parts = [`<rect width="${width}" height="${height}" fill="${colour.paper}"/>`, drawMark()];
  const shown = columns.slice(0, 3);
  const top = height - 68 - (shown.length - 1) * 48;
  const room = top - 60 - 160;
  const styleOf = (size: number): Style => ({ families: [serif, sans, han], size, fill: colour.ink });
  const linesOf = (size: number, most: number) => wrap(question, styleOf(size), width - 2 * margin, most);
  const size = [62, 54, 46].find((s) => linesOf(s, 9).length * s * spacing <= room) ?? 40;
  let y = 160 + size;
  for (const line of linesOf(size, Math.floor(room / (size * spacing)))) {
    parts.push(put(setLine(line, styleOf(size)).svg, margin, y));
    y += size * spacing;
  }
  if (columns.length > shown.length) {
    const words = setLine(`${columns.length} models compared`, { families: [sans], size: 25, fill: colour.muted });
    parts.push(put(words.svg, width - margin - words.width, 101));
  }
  const most = Math.max(1, ...columns.map((c) => (c.thinkingTokens ?? 0) + (c.answerTokens ?? 0)));
  for (const [i, column] of shown.entries()) parts.push(put(drawColumn(column, most), margin, top + i * 48));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>`;
}

/** The lens and the name. */
function drawMark(): string {
  const name = { families: [sans], size: 33, bold: true };
  const think = setLine('Think', { ...name, fill: colour.ink });
  const glass = setLine('glass', { ...name, fill: colour.accent });
  const lens =
    `<circle cx="0" cy="0" r="17" fill="${colour.glass}"/><circle cx="0" cy="0" r="18.5" fill="none" stroke="${colour.accent}" stroke-width="2.2"/>` +
    '<path d="M-11 -5.6a13 13 0 0 1 7.8 -6.9" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/>';
  return put(lens, margin + 19, 92) + put(think.svg, margin + 52, 103) + put(glass.svg, margin + 52 + think.width, 103);
}

/** A model, how long it thought, and both against the longest of all. */
function drawColumn(column: ShareImage['columns'][number], most: number): string {
  const { thinkingTokens, answerTokens = 0 } = column;
  const nameStyle: Style = { families: [sans, han], size: 27, fill: colour.ink, bold: true };
  const name = setLine(wrap(column.model, nameStyle, thinkingTokens === undefined ? 1000 : 440, 1)[0] ?? '', nameStyle);
  if (thinkingTokens === undefined) return name.svg;
  const told = setLine(formatCounted(thinkingTokens, 'thinking token'), {
    families: [sans],
    size: 25,
    fill: colour.muted,
  });
  const [left, room] = [820, width - 2 * margin - 820];
  const [thinking, answer] = [(room * thinkingTokens) / most, (room * answerTokens) / most];
  return (
    name.svg +
    put(told.svg, 460, 0) +
    `<rect x="${left}" y="-15" width="${room}" height="12" rx="6" fill="${colour.line}" opacity="0.6"/>` +
    `<rect x="${left}" y="-15" width="${Math.max(3, Math.min(room, thinking + answer))}" height="12" rx="6" fill="${colour.glass}"/>` +
    `<rect x="${left}" y="-15" width="${Math.max(3, Math.min(room, thinking))}" height="12" rx="6" fill="${colour.accent}"/>`
  );
}

let raster: Promise<Raster> | undefined;

async function loadRaster(): Promise<Raster> {
  const library = require(paths.rasterLibrary) as Raster;
  await library.initWasm(readFileSync(paths.rasterWasm));
  return library;
}

async function draw(image: ShareImage): Promise<Uint8Array<ArrayBuffer>> {
  raster ??= loadRaster();
  const { Resvg } = await raster;
  return new Resvg(drawSvg(image)).render().asPng();
}

port.on('message', ({ id, image }: ImageRequest) => {
  draw(image).then(
    (png) => port.postMessage({ id, png } satisfies ImageResponse),
    (error: unknown) => port.postMessage({ id, error: String(error) } satisfies ImageResponse),
  );
});
