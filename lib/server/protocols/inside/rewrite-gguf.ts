import { GgufError, readGgufHead } from './gguf.ts';

const block = 32;
const blockBytes = 2 + block;

/**
 * A model's file with other weights under another name; all else in it, its words and its template too, stays. Tensors of F32
 * and Q8_0 are written, as they were.
 * @param weights by the names of the tensors
 * @throws GgufError when the file is none, or a tensor in it is of another kind
 */
export function rewriteGguf(
  file: Uint8Array,
  { name, weights }: { name: string; weights: ReadonlyMap<string, Float32Array> },
): Uint8Array<ArrayBuffer> {
  const { places, infos, alignment, end, start } = readGgufHead(file);
  const [from, to] = places.get('general.name') ?? [0, 0];
  if (from === 0) throw new GgufError('The file has no name.');
  const text = new TextEncoder().encode(name);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(text.length), true);
  const head = [file.subarray(0, from), size, text, file.subarray(to, end)];
  const headBytes = head.reduce((sum, part) => sum + part.length, 0);
  const newStart = Math.ceil(headBytes / alignment) * alignment;
  const written = new Uint8Array(newStart + file.length - start);
  let at = 0;
  for (const part of head) {
    written.set(part, at);
    at += part.length;
  }
  written.set(file.subarray(start), newStart);
  for (const { name: tensor, kind, offset } of infos) {
    const numbers = weights.get(tensor);
    if (!numbers) continue;
    const view = new DataView(written.buffer, newStart + offset);
    if (kind === 0) for (const [i, value] of numbers.entries()) view.setFloat32(4 * i, value, true);
    else if (kind === 8) packQ8(view, numbers);
    else throw new GgufError(`The tensor "${tensor}" is of kind ${kind}, which is not written here.`);
  }
  return written;
}

/** As ggml rounds: blocks of 32 with the largest as 127. */
function packQ8(view: DataView, numbers: Float32Array): void {
  for (let at = 0; at < numbers.length / block; at++) {
    const values = numbers.subarray(at * block, (at + 1) * block);
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    view.setUint16(at * blockBytes, halfOf(scale), true);
    for (const [i, value] of values.entries()) {
      view.setInt8(at * blockBytes + 2 + i, scale === 0 ? 0 : Math.round(value / scale));
    }
  }
}

/** A number from 0 to 65504 in 16 bits (IEEE 754 binary16), rounded to the nearest. */
function halfOf(value: number): number {
  if (value < 2 ** -14) return Math.round(value * 2 ** 24);
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) + Math.round((value / 2 ** exponent - 1) * 1024); // 1024 carries into the exponent
}
