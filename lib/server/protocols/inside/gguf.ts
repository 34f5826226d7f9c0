/** A value of a file's metadata. Whole numbers of 64 bits are read as numbers; those beyond 2^53 are refused. */
export type GgufValue = number | boolean | string | GgufValue[];

/** A tensor of a file, its numbers unpacked. `shape`: innermost first, as the file has it: [columns, rows]. */
export interface GgufTensor {
  name: string;
  shape: number[];
  data: Float32Array;
}

export interface Gguf {
  metadata: ReadonlyMap<string, GgufValue>;
  tensors: ReadonlyMap<string, GgufTensor>;
}

/** A file that is no GGUF, is cut off, or is of a kind that is not read here; the message says which and where. */
export class GgufError extends Error {
  override name = 'GgufError';
}

/** The largest file that is read. */
const largestFile = 64 * 2 ** 20;
const largestRank = 4;
const quantBlock = 32;
const magic = 0x46554747; // "GGUF"

/** How a tensor's numbers are kept, by the file's number for it: how many bytes so many numbers take, and how they are read. */
const kinds: Record<number, { label: string; block: number; bytes: number; unpack: typeof unpackF32 }> = {
  0: { label: 'F32', block: 1, bytes: 4, unpack: unpackF32 },
  1: { label: 'F16', block: 1, bytes: 2, unpack: unpackF16 },
  8: { label: 'Q8_0', block: quantBlock, bytes: 2 + quantBlock, unpack: unpackQ8 },
};

/**
 * Reads a GGUF file, versions 2 and 3, little-endian, with tensors of F32, F16 and Q8_0
 * (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * @throws GgufError
 */
export function parseGguf(bytes: Uint8Array): Gguf {
  const { metadata, infos, start } = readGgufHead(bytes);
  const tensors = new Map<string, GgufTensor>();
  for (const info of infos) {
    if (tensors.has(info.name)) throw new GgufError(`There are two tensors "${info.name}".`);
    tensors.set(info.name, readTensor(bytes, info, start));
  }
  return { metadata, tensors };
}

/** What stands before the tensors' numbers. */
export interface GgufHead {
  metadata: Map<string, GgufValue>;
  /** Where the value of each key lies, in bytes, without its type. */
  places: Map<string, [from: number, to: number]>;
  infos: TensorInfo[];
  /** In bytes, what a tensor begins at a multiple of. */
  alignment: number;
  /** Where the head ends, and where the numbers begin. */
  end: number;
  start: number;
}

/** @throws GgufError */
export function readGgufHead(bytes: Uint8Array): GgufHead {
  if (bytes.byteLength > largestFile) throw new GgufError(`The file has ${bytes.byteLength} bytes: too many.`);
  const reader = new Reader(bytes);
  if (bytes.byteLength < 4 || reader.u32() !== magic) throw new GgufError('This is no GGUF file.');
  const version = reader.u32();
  if (version !== 2 && version !== 3) throw new GgufError(`GGUF version ${version} is not read here, only 2 and 3.`);
  const tensorCount = reader.count(12);
  const entryCount = reader.count(12);
  const metadata = new Map<string, GgufValue>();
  const places: GgufHead['places'] = new Map();
  for (let i = 0; i < entryCount; i++) {
    const key = reader.string();
    if (metadata.has(key)) throw new GgufError(`"${key}" is said twice.`);
    const type = reader.u32();
    const from = reader.at;
    metadata.set(key, reader.value(type, 0));
    places.set(key, [from, reader.at]);
  }
  const infos = Array.from({ length: tensorCount }, () => readTensorInfo(reader));
  const alignment = metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || alignment < 8 || alignment % 8 !== 0) {
    throw new GgufError('The alignment of the tensors is no multiple of 8.');
  }
  const start = Math.ceil(reader.at / alignment) * alignment;
  return { metadata, places, infos, alignment, end: reader.at, start };
}

interface TensorInfo {
  name: string;
  shape: number[];
  kind: number;
  offset: number;
}

function readTensorInfo(reader: Reader): TensorInfo {
  const name = reader.string();
  const rank = reader.u32();
  if (rank < 1 || rank > largestRank) throw new GgufError(`The tensor "${name}" has ${rank} dimensions.`);
  const shape = Array.from({ length: rank }, () => reader.u64());
  return { name, shape, kind: reader.u32(), offset: reader.u64() };
}

function readTensor(bytes: Uint8Array, { name, shape, kind, offset }: TensorInfo, start: number): GgufTensor {
  const how = kinds[kind];
  if (!how) {
    const known = Object.values(kinds).map(({ label }) => label);
    throw new GgufError(`The tensor "${name}" is of kind ${kind}; only ${known.join(', ')} are read here.`);
  }
  const length = shape.reduce((product, size) => product * size, 1);
  if ((shape[0] ?? 0) % how.block !== 0) {
    throw new GgufError(`The tensor "${name}" has rows of ${shape[0]} numbers, no multiple of ${how.block}.`);
  }
  const from = start + offset;
  const size = (length / how.block) * how.bytes;
  if (from + size > bytes.byteLength) throw new GgufError(`The file ends inside the tensor "${name}".`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, size);
  return { name, shape, data: how.unpack(view, length) };
}

function unpackF32(view: DataView, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => view.getFloat32(4 * i, true));
}

function unpackF16(view: DataView, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => halfAt(view, 2 * i));
}

/** Blocks of 32: a scale (F16), then as many signed bytes. */
function unpackQ8(view: DataView, length: number): Float32Array {
  const data = new Float32Array(length);
  for (let block = 0; block < length / quantBlock; block++) {
    const at = block * (2 + quantBlock);
    const scale = halfAt(view, at);
    for (let i = 0; i < quantBlock; i++) data[block * quantBlock + i] = scale * view.getInt8(at + 2 + i);
  }
  return data;
}

/** A number of 16 bits (IEEE 754 binary16). */
function halfAt(view: DataView, at: number): number {
  const bits = view.getUint16(at, true);
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Reads a file's head from front to back. */
class Reader {
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): number {
    return this.#whole(this.#view.getBigUint64(this.#take(8), true));
  }

  /** A number of things that take `smallest` bytes each at least: no more than the rest of the file can hold. */
  count(smallest: number): number {
    const count = this.u64();
    if (count * smallest > this.#view.byteLength - this.at) throw new GgufError('The file ends too soon.');
    return count;
  }

  string(): string {
    const length = this.count(1);
    const at = this.#take(length);
    const bytes = new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new GgufError('A text in the file is not UTF-8.');
    }
  }

  /** A value of the file's type `type`. */
  value(type: number, depth: number): GgufValue {
    const view = this.#view;
    switch (type) {
      case 0:
        return view.getUint8(this.#take(1));
      case 1:
        return view.getInt8(this.#take(1));
      case 2:
        return view.getUint16(this.#take(2), true);
      case 3:
        return view.getInt16(this.#take(2), true);
      case 4:
        return this.u32();
      case 5:
        return view.getInt32(this.#take(4), true);
      case 6:
        return view.getFloat32(this.#take(4), true);
      case 7:
        return view.getUint8(this.#take(1)) !== 0;
      case 8:
        return this.string();
      case 9: {
        if (depth > 3) throw new GgufError('A list in the file is too deep.');
        const inner = this.u32();
        return Array.from({ length: this.count(1) }, () => this.value(inner, depth + 1));
      }
      case 10:
        return this.u64();
      case 11:
        return this.#whole(view.getBigInt64(this.#take(8), true));
      case 12:
        return view.getFloat64(this.#take(8), true);
      default:
        throw new GgufError(`There is no type ${type} of a value.`);
    }
  }

  #take(bytes: number): number {
    const { at } = this;
    if (at + bytes > this.#view.byteLength) throw new GgufError('The file ends too soon.');
    this.at += bytes;
    return at;
  }

  #whole(value: bigint): number {
    const whole = Number(value);
    if (!Number.isSafeInteger(whole)) throw new GgufError(`The number ${value} is too large.`);
    return whole;
  }
}
