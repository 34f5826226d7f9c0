// @ts-check
// Whether a real llama.cpp that serves one of the shipped models writes what Thinkglass writes from the same file: a hundred
// held-out puzzles as raw completions at temperature 0. What came goes into the tests' record, which they hold Inside to.
//
//   llama-server -m lib/server/protocols/inside/models/tiny-zero.gguf --port 8080 -c 2176 -np 4
//   node scripts/real/inside.mjs --base-url http://127.0.0.1:8080/v1 --model tiny-zero
//
// llama.cpp multiplies files of eight bits with activations that it rounds to eight bits too, so where two tokens are nearly
// as likely it may choose the other. That nothing else is different shows the same file with its numbers unpacked:
//
//   llama-quantize --allow-requantize tiny-zero.gguf tiny-zero-f32.gguf F32
//   llama-server -m tiny-zero-f32.gguf --port 8080 -c 2176 -np 4 -ctk f32 -ctv f32 -fa off
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Decoding, decodeAll, loadModel, step } from '../../lib/server/protocols/inside/engine.ts';
import { insideFile, insideRecords } from '../../lib/server/protocols/inside/models.ts';
import { writePuzzle } from '../../lib/server/protocols/inside/puzzle.ts';
import { heldOutPuzzles } from '../../lib/zero/task.ts';
import { projectRoot, Refusal, runMain, tell } from '../cli.mjs';

/**
 * @typedef {import('../../lib/server/protocols/inside/network.ts').Network} Network
 * @typedef {{ text: number, after: number, begins: string, inside: string, server: string, gap: number, serverGap: number }} Difference
 *   `text`: its number, from 0; `after`: so many equal tokens, whose text has the hash `begins`; then what each chose, and by
 *   how much each found its own choice likelier than the other's (natural logarithm)
 * @typedef {{ server: string, day: string, texts: string[], differences: Difference[] }} Compared `texts`: hashes of the server's
 * @typedef {Record<string, Record<string, Compared>>} GreedyRecord by model, then by the kind of numbers that the server read
 */

export const recordFile = path.join(projectRoot, 'tests/fixtures/inside/llamacpp.json');
/** Of one text. With the longest prompt it fits a window of 544 tokens. */
const maxTokens = 526;

/** @param {string} text */
export const hashOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** @param {string} id @returns {{ network: Network, prompts: string[] }} */
export function readShipped(id) {
  const record = insideRecords.find((one) => one.id === id);
  if (!record) throw new Refusal(`"${id}" is none of ${insideRecords.map((one) => one.id).join(', ')}.`);
  const prompts = heldOutPuzzles(100).map((puzzle) => `${writePuzzle(puzzle)}${record.opens}`);
  return { network: loadModel(readFileSync(insideFile(record))), prompts };
}

/**
 * What Inside writes behind each prompt at temperature 0, as tokens; the one that ends a text is among them.
 * @param {Network} network @param {readonly string[]} prompts
 */
export function writeGreedily(network, prompts) {
  const texts = prompts.map((prompt) => ({
    prompt: network.vocabulary.encode(prompt),
    seed: 0,
    temperature: 0,
    maxTokens,
  }));
  return decodeAll(network, texts).map(({ tokens }) => tokens);
}

/**
 * By how much Inside finds one token likelier than another behind a text, as a difference of natural logarithms.
 * @param {Network} network @param {string} text @param {{ chosen: string, other: string }} tokens as they are shown
 */
export function gapOf(network, text, { chosen, other }) {
  const { vocabulary } = network;
  const options = { prompt: vocabulary.encode(text), seed: 0, temperature: 0, maxTokens: 1, top: vocabulary.size };
  const decoding = new Decoding(network, options);
  const top = step([decoding]).get(decoding)?.likelihood?.top ?? [];
  return between(
    top.map(({ token, logprob }) => ({ token: vocabulary.show(token), logprob })),
    { chosen, other },
  );
}

/** @param {readonly { token: string, logprob: number }[]} top @param {{ chosen: string, other: string }} tokens */
function between(top, { chosen, other }) {
  const of = (/** @type {string} */ text) => top.find(({ token }) => token === text)?.logprob ?? Number.NaN;
  return Math.round(1e4 * (of(chosen) - of(other))) / 1e4;
}

async function main() {
  const { values } = parseArgs({ options: { 'base-url': { type: 'string' }, model: { type: 'string' } } });
  const { 'base-url': baseURL, model } = values;
  if (!baseURL || !model) throw new Refusal('--base-url http://127.0.0.1:8080/v1 --model tiny-zero');
  const { network, prompts } = readShipped(model);
  /** @param {string} prompt @param {object} more */
  const complete = async (prompt, more) => {
    const response = await fetch(`${baseURL}/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, prompt, temperature: 0, ...more }),
    });
    if (!response.ok) throw new Refusal(`the server says ${response.status}: ${await response.text()}`);
    return /** @type {any} */ (await response.json());
  };
  const ours = writeGreedily(network, prompts);
  const { vocabulary } = network;
  /** @type {string[]} */
  const texts = [];
  /** @type {Difference[]} */
  const differences = [];
  for (const [text, prompt] of prompts.entries()) {
    const { choices } = await complete(prompt, { max_tokens: maxTokens });
    texts.push(hashOf(choices[0].text));
    const end = choices[0].finish_reason === 'stop' ? [vocabulary.end] : [];
    const theirs = [...vocabulary.encode(choices[0].text), ...end];
    const mine = ours[text] ?? [];
    const after = mine.findIndex((token, at) => token !== theirs[at]);
    if (after < 0 && theirs.length === mine.length) continue;
    const begins = vocabulary.decode(mine.slice(0, after));
    const [inside, server] = [mine[after], theirs[after]].map((token) => vocabulary.show(token ?? vocabulary.end));
    const { choices: asked } = await complete(prompt + begins, { max_tokens: 1, logprobs: 20 });
    differences.push({
      ...{ text, after, begins: hashOf(begins), inside: inside ?? '', server: server ?? '' },
      gap: gapOf(network, prompt + begins, { chosen: inside ?? '', other: server ?? '' }),
      serverGap: between(asked[0].logprobs.content[0].top_logprobs, { chosen: server ?? '', other: inside ?? '' }),
    });
  }
  /** @type {GreedyRecord} */
  const record = existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, 'utf8')) : {};
  const { build_info: build, model_ftype: numbers } = await (await fetch(new URL('/props', baseURL))).json();
  const compared = { server: `llama.cpp, ${build}`, day: new Date().toISOString().slice(0, 10), texts, differences };
  record[model] = { ...record[model], [numbers]: compared };
  writeFileSync(recordFile, `${JSON.stringify(record, null, 1)}\n`);
  tell(`${model}, ${numbers}: ${texts.length - differences.length} of ${texts.length} texts are equal to the letter.`);
  for (const { after, inside, server, gap, serverGap } of differences) {
    tell(`  after ${after} tokens "${inside}" here (by ${gap}) and "${server}" there (by ${serverGap})`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runMain(main);
