/**
 * Reads many streams at once over sockets of their own, and notes how old each token is when it arrives. Runs as a process
 * of its own for `bench/server.ts`. Reads the app's events and, by the same code, the provider's own words from the
 * pass-through.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createId } from '../lib/ids.ts';
import type { AskPlan, ReaderOrder, ReaderReport, StreamAddress } from './server-protocol.ts';

interface Reading {
  reasoning: string;
  answer: string;
}

let readings: Reading[] = [];
/** When each token was written, and its age when it was read, in microseconds; two numbers a token. */
let ages: number[] = [];

const report = (message: ReaderReport) => process.send?.(message);
const clock = () => Number(process.hrtime.bigint() / 1000n);

function noteAges(text: string): void {
  const now = clock();
  for (const [, written = ''] of text.matchAll(/\s\w+:([0-9a-z]+)/g)) {
    const at = Number.parseInt(written, 36);
    ages.push(at, now - at);
  }
}

function take(reading: Reading, kind: 'reasoning' | 'answer', text: string): void {
  if (text === '') return;
  noteAges(text);
  reading[kind] += text;
}

/** A block of lines between two blank ones. */
function takeEvent(reading: Reading, block: string): void {
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (data === undefined || data === '[DONE]') return;
  const value = JSON.parse(data);
  const name = /^event: (.*)$/m.exec(block)?.[1];
  if (name === undefined) {
    const delta = value.choices[0].delta;
    take(reading, 'reasoning', delta.reasoning_content ?? '');
    take(reading, 'answer', delta.content ?? '');
  } else if (name === 'delta') {
    take(reading, value.kind, value.text);
  } else if (name === 'snapshot') {
    for (const { kind, text } of value.message.segments as { kind: 'reasoning' | 'answer'; text: string }[]) {
      take(reading, kind, text.slice(reading[kind].length));
    }
  }
}

/** Resolves with the end of the stream once its headers are there. */
function open(
  { url, method, headers }: StreamAddress,
  { agent = false, body = '{}' }: { agent?: http.Agent | false; body?: string } = {},
): Promise<{ over: Promise<unknown> }> {
  const reading: Reading = { reasoning: '', answer: '' };
  readings.push(reading);
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent });
    request.on('error', reject);
    request.on('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) takeEvent(reading, block);
      });
      resolve({ over: once(response, 'close') });
    });
    request.end(method === 'POST' ? body : undefined);
  });
}

/** Asks one question as the page does: the ids are its own, the answer is followed from the cursor on, one connection for both. */
async function ask({ through, url, cookies }: AskPlan, number: number): Promise<{ over: Promise<unknown> }> {
  const text = `No. ${number}`;
  if (through === 'pass-through') {
    const body = JSON.stringify({ messages: [{ role: 'user', content: text }] });
    return open({ url, method: 'POST', headers: {} }, { body });
  }
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { cookie: cookies[number % cookies.length] ?? '', origin: url };
  const [id, threadId, questionId, answerId] = Array.from({ length: 4 }, createId) as [string, string, string, string];
  const body = JSON.stringify({
    id,
    threads: [{ id: threadId, settings: { model: { providerId: 'custom', modelKey: 'bench' }, sampling: {} } }],
    ask: { text, threads: [{ threadId, parentId: null, questionId, answerId }] },
  });
  const cursor = await new Promise<string>((resolve, reject) => {
    const request = http.request(`${url}/api/conversations`, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    request.on('error', reject);
    request.on('response', async (response) => {
      const answer = (await response.setEncoding('utf8').toArray()).join('');
      if (response.statusCode === 201) resolve(JSON.parse(answer).cursor);
      else reject(new Error(`${url} answered ${response.statusCode}: ${answer}`));
    });
    request.end(body);
  });
  return open({ url: `${url}/api/conversations/${id}/events?after=${cursor}`, method: 'GET', headers }, { agent });
}

async function askAll(plan: AskPlan): Promise<void> {
  const at: number[] = [];
  const begun = performance.now();
  const asked = Array.from({ length: plan.count }, async (_, number) => {
    await delay(Math.max(0, begun + (plan.spreadMs * number) / plan.count - performance.now()));
    at[number] = clock();
    return (await ask(plan, number)).over;
  });
  await Promise.all(asked);
  report({ type: 'sent', at });
  report({ type: 'closed' });
}

function tell(from: number, to: number): void {
  const wanted: number[] = [];
  for (let i = 0; i < ages.length; i += 2) {
    const at = ages[i] as number; // i is in range
    if (at >= from && at < to) wanted.push((ages[i + 1] as number) / 1000);
  }
  wanted.sort((a, b) => a - b);
  const at = (share: number) => wanted[Math.floor((wanted.length - 1) * share)] ?? Number.NaN;
  const texts = readings.map(({ reasoning, answer }): [number, string] => {
    const id = Number(/#(\d+)/.exec(reasoning)?.[1] ?? -1);
    return [id, createHash('sha256').update(`${reasoning.trim()}\n${answer.trim()}`).digest('base64')];
  });
  report({ type: 'told', tokens: wanted.length, p50: at(0.5), p99: at(0.99), texts });
}

process.on('message', async (order: ReaderOrder) => {
  if (order.type === 'tell') return tell(order.from, order.to);
  readings = [];
  ages = [];
  if (order.type === 'ask') return askAll(order.plan);
  const opened = await Promise.all(order.streams.map((stream) => open(stream)));
  report({ type: 'opened' });
  await Promise.all(opened.map(({ over }) => over));
  report({ type: 'closed' });
});
process.on('disconnect', () => process.exit());
report({ type: 'ready' });
