// @ts-check
// What a server sends, without the app between: read, and written down as a fixture.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../cli.mjs';
import { answerLimitMs } from './app.mjs';

/**
 * @typedef {{ url: string, body: string }} Sent
 * @typedef {{ fields: Set<string>, content: string, reasoning: string, usage: any, done: boolean, finish: string | undefined,
 *   status: number, bad: number, events: number, logprobs: number, build: string | undefined, text: string }} Wire
 */

/**
 * What a server sends for a request, as it sends it.
 * @param {Sent} request
 * @param {string | undefined} key
 * @returns {Promise<Wire>}
 */
export async function readWire({ url, body }, key) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body,
    signal: AbortSignal.timeout(answerLimitMs),
  });
  const text = await response.text();
  /** @type {Wire} */
  const wire = {
    ...{ fields: new Set(), content: '', reasoning: '', usage: undefined, done: false, finish: undefined },
    ...{ status: response.status, bad: 0, events: 0, logprobs: 0, build: undefined, text },
  };
  for (const line of text.split(/\r\n|\n|\r/)) {
    const data = /^data: ?(.*)$/.exec(line)?.[1] ?? (line.startsWith('{') ? line : undefined);
    if (data === undefined) continue;
    if (data.trim() === '[DONE]') {
      wire.done = true;
      continue;
    }
    try {
      take(wire, JSON.parse(data));
    } catch {
      wire.bad += 1;
    }
  }
  return wire;
}

/**
 * @param {Wire} wire
 * @param {any} chunk one event of the OpenAI protocol, or one line of Ollama's own
 */
function take(wire, chunk) {
  if (chunk.usage) wire.usage = chunk.usage;
  if (chunk.system_fingerprint) wire.build = chunk.system_fingerprint;
  if (chunk.eval_count !== undefined) {
    wire.usage = { prompt_tokens: chunk.prompt_eval_count, completion_tokens: chunk.eval_count };
  }
  if (chunk.done_reason) wire.finish = chunk.done_reason;
  const choice = chunk.choices?.[0];
  if (choice?.finish_reason) wire.finish = choice.finish_reason;
  if (choice?.logprobs?.content?.length || chunk.logprobs?.length) wire.logprobs += 1;
  const delta = choice?.delta ?? (choice?.text === undefined ? (chunk.message ?? {}) : { content: choice.text });
  let isText = false;
  for (const [field, value] of Object.entries(delta)) {
    if (typeof value !== 'string' || value === '' || field === 'role') continue;
    if (field === 'content') wire.content += value;
    else if (/reason|think/i.test(field)) {
      wire.fields.add(field);
      wire.reasoning += value;
    } else continue;
    isText = true;
  }
  if (isText) wire.events += 1;
}

/** What changes with every call, and says nothing. */
const passing =
  /"(?:id|created|system_fingerprint|created_at)":(?:"[^"]*"|\d+),?|,"(?:id|created|system_fingerprint)":(?:"[^"]*"|\d+)/g;

/**
 * Writes what a server sent as a fixture: the request, the bytes, and what a reader should make of them.
 * @param {{ name: string, what: string, server: string, build: string, sent: Sent, wire: Wire, given?: unknown }} record
 */
export function writeRecord({ name, what, server, build, sent, wire, given }) {
  const folder = path.join(projectRoot, 'tests', 'fixtures', 'providers', 'real');
  mkdirSync(folder, { recursive: true });
  const { stream_options: _, ...request } = JSON.parse(sent.body);
  const record = {
    ...{ server, build, date: new Date().toISOString().slice(0, 10), what, path: new URL(sent.url).pathname, request },
    ...(given ? { given } : {}),
    ...{ sends: { reasoning: wire.reasoning, content: wire.content, finish: wire.finish, usage: wire.usage } },
    wire: wire.text.replace(passing, ''),
  };
  writeFileSync(path.join(folder, `${name}.${what}.json`), `${JSON.stringify(record, null, 2)}\n`);
}
