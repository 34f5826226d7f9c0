// @ts-check
// `node scripts/icons.mjs`: draws public/icons/*.png anew from public/icon.svg. Run it when the drawing changes.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { projectRoot } from './cli.mjs';

/** The colour of the paper, behind what a home screen cuts to a shape of its own. */
const paper = '#faf8f4';

/**
 * `share`: how much of the square the drawing takes. A maskable icon keeps its drawing within four fifths.
 * @type {readonly { file: string, size: number, share: number, background?: string }[]}
 */
const icons = [
  { file: 'icon-192.png', size: 192, share: 1 },
  { file: 'icon-512.png', size: 512, share: 1 },
  { file: 'icon-maskable-512.png', size: 512, share: 0.7, background: paper },
  { file: 'apple-touch-icon.png', size: 180, share: 0.8, background: paper },
];

await initWasm(readFileSync(path.join(projectRoot, 'node_modules/@resvg/resvg-wasm/index_bg.wasm')));
const drawing = readFileSync(path.join(projectRoot, 'public/icon.svg'), 'utf8');
for (const { file, size, share, background } of icons) {
  const side = 32 / share;
  const from = (32 - side) / 2;
  const placed = drawing.replace('viewBox="0 0 32 32"', `viewBox="${from} ${from} ${side} ${side}"`);
  const options = { fitTo: { mode: /** @type {const} */ ('width'), value: size }, ...(background && { background }) };
  writeFileSync(path.join(projectRoot, 'public/icons', file), new Resvg(placed, options).render().asPng());
}
