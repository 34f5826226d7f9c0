import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderKernels, kernelsFile } from '../../scripts/kernels.mjs';
import { Decoding, decodeAll, loadModel, step } from '../../lib/server/protocols/inside/engine.ts';
import { GgufError, parseGguf } from '../../lib/server/protocols/inside/gguf.ts';
import { createDice } from '../../lib/server/protocols/inside/sampling.ts';
import type { Network } from '../../lib/server/protocols/inside/network.ts';

const folder = new URL('../../lib/server/protocols/inside/models/', import.meta.url);
const file = readFileSync(new URL('tiny-zero.gguf', folder));
const network = loadModel(file);
const { vocabulary } = network;

/** A hundred prompts: three or four different numbers of 1 to 12, and a number to make. */
const prompts = Array.from({ length: 100 }, (_, seed) => {
  const dice = createDice(seed);
  const numbers = new Set<number>();
  while (numbers.size < 3 + (seed % 2)) numbers.add(1 + Math.floor(12 * dice()));
  return vocabulary.encode(` Use ${[...numbers].join(' ')} to make ${1 + Math.floor(99 * dice())} .`);
});

test('the kernels are those of their text', async () => {
  assert.equal(readFileSync(kernelsFile, 'utf8'), await renderKernels());
});

test('a file that is cut off or damaged is refused, or read, and nothing else', () => {
  const head = file.subarray(0, 8192);
  fc.assert(
    fc.property(fc.nat({ max: head.length - 1 }), fc.nat({ max: 255 }), fc.boolean(), (at, byte, cuts) => {
      const damaged = cuts ? head.subarray(0, at) : Uint8Array.from(file);
      if (!cuts) damaged[at] = byte;
      try {
        loadModel(damaged);
      } catch (error) {
        assert.ok(error instanceof GgufError, String(error));
      }
    }),
    { numRuns: 60 },
  );
  assert.throws(() => loadModel(new Uint8Array()), /no GGUF file/);
});

test('text in is text out, and what is no word is dropped', () => {
  const words = fc.constantFrom(' Use', ' 3', ' 42', ' 1', ' 12', ' +', '<think>', '</answer>', ' 对', ' ,');
  fc.assert(
    fc.property(fc.array(words), (parts) => {
      assert.equal(vocabulary.decode(vocabulary.encode(parts.join(''))), parts.join(''));
    }),
  );
  assert.equal(vocabulary.decode(vocabulary.encode(' Use Ω 3 é 7!')), ' Use 3 7');
});

test('the network says what its formulas say', () => {
  const reference = createReference(file, network);
  for (const prompt of prompts) {
    const cache = network.open(prompt.length);
    const [logits] = network.read(prompt.map((token, at) => ({ cache, token, asks: at === prompt.length - 1 })));
    network.close(cache);
    const expected = reference(prompt);
    for (const [token, value] of expected.entries()) {
      assert.ok(Math.abs((logits?.[token] ?? Number.NaN) - value) < 1e-3, `token ${token} of ${prompt}`);
    }
  }
});

test('a text is the same alone and among others, and the same again for its seed', () => {
  const texts = prompts.slice(0, 24).map((prompt, seed) => ({ prompt, seed, temperature: 1 }));
  const together = decodeAll(network, texts, 9).map(({ tokens }) => tokens);
  const alone = decodeAll(network, texts, 1).map(({ tokens }) => tokens);
  assert.deepEqual(together, alone);
  const other = decodeAll(
    network,
    texts.map((text) => ({ ...text, seed: text.seed + 1_000 })),
    9,
  );
  assert.notDeepEqual(
    other.map(({ tokens }) => tokens),
    together,
  );
});

test('going on from any beginning of a text gives the rest of it', () => {
  for (const prompt of prompts.slice(0, 6)) {
    const [whole] = decodeAll(network, [{ prompt, seed: 0, temperature: 0 }]);
    assert.ok(whole);
    for (let cut = 0; cut < whole.tokens.length; cut += 23) {
      const begun = whole.tokens.slice(0, cut);
      const [rest] = decodeAll(network, [{ prompt: [...prompt, ...begun], seed: 0, temperature: 0 }]);
      assert.deepEqual([...begun, ...(rest?.tokens ?? [])], whole.tokens);
    }
  }
});

test('all likelihoods of a token add up to one, and the greedy token is the likeliest', () => {
  const decoding = new Decoding(network, { prompt: prompts[0] ?? [], seed: 1, temperature: 0, top: vocabulary.size });
  while (!decoding.end) {
    const decoded = step([decoding]).get(decoding);
    const top = decoded?.likelihood?.top ?? [];
    const sum = top.reduce((total, { logprob }) => total + Math.exp(logprob), 0);
    assert.ok(Math.abs(sum - 1) < 1e-6);
    assert.equal(top[0]?.token, decoded?.token);
  }
});

test('a thought is closed at its limit, and the answer follows', () => {
  const think = vocabulary.encode('<think>');
  for (const thoughtLimit of [0, 1, 16]) {
    const texts = prompts.slice(0, 30).map((prompt, seed) => ({
      prompt: [...prompt, ...think],
      seed,
      temperature: 1,
      thoughtLimit,
    }));
    for (const decoding of decodeAll(network, texts)) {
      const text = vocabulary.decode(decoding.tokens);
      assert.ok(decoding.thoughtTokens <= thoughtLimit);
      assert.equal(decoding.thoughtTokens, vocabulary.encode(text.split('</think>')[0] ?? '').length);
      assert.match(text, /<\/think>/);
      if (decoding.thoughtTokens === thoughtLimit) assert.match(text, /<\/think> ?<answer>/);
    }
  }
});

/** The network of a file, plainly, in numbers of 64 bits: the logits of what follows a prompt. */
function createReference(bytes: Uint8Array, { shape }: Network): (prompt: readonly number[]) => number[] {
  const { tensors, metadata } = parseGguf(bytes);
  const { dimension: d, heads, layers } = shape;
  const size = d / heads;
  const base = Number(metadata.get('arcee.rope.freq_base'));
  const epsilon = Number(metadata.get('arcee.attention.layer_norm_rms_epsilon'));
  const matrix = (name: string) => {
    const tensor = tensors.get(name);
    assert.ok(tensor, name);
    const columns = tensor.shape[0] ?? 0;
    return Array.from({ length: tensor.data.length / columns }, (_, row) => [
      ...tensor.data.subarray(row * columns, (row + 1) * columns),
    ]);
  };
  const cached = new Map<string, number[][]>();
  const weights = (name: string) => {
    const found = cached.get(name) ?? matrix(name);
    cached.set(name, found);
    return found;
  };
  const dot = (a: number[], b: number[]) => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
    return sum;
  };
  const times = (name: string, x: number[]) => weights(name).map((row) => dot(row, x));
  const plus = (a: number[], b: number[]) => a.map((value, i) => value + (b[i] ?? 0));
  const norm = (name: string, x: number[]) => {
    const scale = 1 / Math.sqrt(dot(x, x) / d + epsilon);
    return x.map((value, i) => value * scale * (weights(name)[0]?.[i] ?? 0));
  };
  const turned = (x: number[], position: number) =>
    x.map((value, i) => {
      const angle = position * base ** (-(2 * Math.floor((i % size) / 2)) / size);
      const partner = (i % 2 === 0 ? x[i + 1] : x[i - 1]) ?? 0;
      return value * Math.cos(angle) + (i % 2 === 0 ? -1 : 1) * partner * Math.sin(angle);
    });
  return (prompt) => {
    let xs = prompt.map((token) => weights('token_embd.weight')[token] ?? []);
    for (let layer = 0; layer < layers; layer++) {
      const of = (name: string) => `blk.${layer}.${name}.weight`;
      const ns = xs.map((x) => norm(of('attn_norm'), x));
      const queries = ns.map((x, position) => turned(times(of('attn_q'), x), position));
      const keys = ns.map((x, position) => turned(times(of('attn_k'), x), position));
      const values = ns.map((x) => times(of('attn_v'), x));
      xs = xs.map((x, position) => {
        const read = Array.from({ length: d }, () => 0);
        for (let head = 0; head < heads; head++) {
          const part = (vector: number[] | undefined) => (vector ?? []).slice(head * size, (head + 1) * size);
          const scores = keys
            .slice(0, position + 1)
            .map((key) => Math.exp(dot(part(queries[position]), part(key)) / Math.sqrt(size)));
          const total = scores.reduce((sum, score) => sum + score, 0);
          for (const [at, score] of scores.entries()) {
            for (const [i, value] of part(values[at]).entries()) {
              read[head * size + i] = (read[head * size + i] ?? 0) + (score / total) * value;
            }
          }
        }
        const after = plus(x, times(of('attn_output'), read));
        const hidden = times(of('ffn_up'), norm(of('ffn_norm'), after)).map((value) => Math.max(value, 0) ** 2);
        return plus(after, times(of('ffn_down'), hidden));
      });
    }
    return times('token_embd.weight', norm('output_norm.weight', xs.at(-1) ?? []));
  };
}

test('question and text together fill the window, and no more', () => {
  const { context } = network.shape;
  const given = vocabulary.encode(' 3 + 7 = 10 ,'.repeat(context)); // a text that would not end
  for (const prompt of prompts.slice(0, 4)) {
    const [decoding] = decodeAll(network, [{ prompt, seed: 1, temperature: 1, given }]);
    assert.deepEqual([decoding?.end, prompt.length + (decoding?.tokens.length ?? 0)], ['length', context]);
  }
});
