// @ts-check
// Makes of a shipped model a network that `tiny` goes on training, its numbers as they were rounded.
//
// node training/from-gguf.mjs lib/server/protocols/inside/models/tiny-base.gguf base.net
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseGguf } from '../lib/server/protocols/inside/gguf.ts';

/**
 * A network as src/network.c saves it: what it is, its measures, then its numbers in the order of `Network`.
 * @param {Uint8Array} file a GGUF file
 */
export function renderNetwork(file) {
  const { metadata, tensors } = parseGguf(file);
  const of = (/** @type {string} */ key) => Number(metadata.get(`arcee.${key}`));
  const layers = Array.from({ length: of('block_count') }, (_, layer) =>
    ['attn_norm', 'attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_norm', 'ffn_up', 'ffn_down'].map(
      (part) => `blk.${layer}.${part}.weight`,
    ),
  );
  const numbers = ['token_embd.weight', ...layers.flat(), 'output_norm.weight'].map((name) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The tensor "${name}" is missing.`);
    return Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
  });
  const shape = Int32Array.from([
    of('vocab_size'),
    of('embedding_length'),
    of('block_count'),
    of('attention.head_count'),
    of('feed_forward_length'),
    of('context_length'),
  ]);
  return Buffer.concat([Buffer.from('tinynet1'), Buffer.from(shape.buffer), ...numbers]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [from, to] = process.argv.slice(2);
  if (from === undefined || to === undefined) throw new Error('node training/from-gguf.mjs FROM.gguf TO.net');
  writeFileSync(to, renderNetwork(readFileSync(from)));
}
