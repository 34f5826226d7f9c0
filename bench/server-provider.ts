/**
 * A provider that speaks the OpenAI protocol, a token a chunk at a steady rate, for `bench/server.ts`. Each token holds its
 * number and the moment it was written, so that whoever reads it knows how old it is. Runs as a process of its own, over
 * bare sockets, so that it takes as little as possible of the machine.
 */
import { createHash } from 'node:crypto';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { ProviderOrder, ProviderReport, StreamPlan } from './server-protocol.ts';

/** The last tokens are the answer; all before is thinking. */
const answerTokens = 5;

interface Stream {
  id: number;
  socket: Socket;
  sent: number;
  reasoning: string;
  answer: string;
  dueAt: number;
}

let plan: StreamPlan = { rate: 20, tokens: 100, pad: 0 };
let streams: Stream[] = [];
let lastId = 0;
let isBeating = false;
let written = 0;
const texts = new Map<number, string>();

const report = (message: ProviderReport) => process.send?.(message);
/** Microseconds of the machine's monotonic clock, which all processes share. */
const clock = () => Number(process.hrtime.bigint() / 1000n);

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function event(delta: object, finish: string | null = null): string {
  const value = {
    id: 'chatcmpl-3f9a1c52d0b74e5a',
    object: 'chat.completion.chunk',
    created: 1767225600,
    model: 'bench',
    system_fingerprint: 'fp_bench',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  };
  return chunk(`data: ${JSON.stringify(value)}\n\n`);
}

function open(socket: Socket): void {
  const stream: Stream = { id: ++lastId, socket, sent: 0, reasoning: '', answer: '', dueAt: 0 };
  socket.setNoDelay(true);
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n');
  socket.write(event({ role: 'assistant', content: '' }));
  socket.on('close', () => {
    streams = streams.filter((other) => other !== stream);
  });
  streams.push(stream);
  if (!plan.atOnce) {
    report({ type: 'opened', count: streams.length });
    return;
  }
  stream.dueAt = performance.now();
  if (!isBeating) beat();
}

function writeToken(stream: Stream): void {
  const n = stream.sent++;
  const isAnswer = n >= plan.tokens - answerTokens;
  const space = n % 20 === 19 ? '\n' : ' ';
  const name = n === 0 ? `${space}#${stream.id}` : '';
  const text = `${name}${space}${n.toString(36)}:${clock().toString(36)}${plan.pad > 0 ? `~${'x'.repeat(plan.pad)}` : ''}`;
  if (isAnswer) stream.answer += text;
  else stream.reasoning += text;
  written++;
  stream.socket.write(event(isAnswer ? { content: text } : { content: null, reasoning_content: text }));
  if (stream.sent < plan.tokens) return;
  stream.socket.end(`${event({ content: '' }, 'stop')}${chunk('data: [DONE]\n\n')}0\r\n\r\n`);
  const whole = `${stream.reasoning.trim()}\n${stream.answer.trim()}`;
  texts.set(stream.id, createHash('sha256').update(whole).digest('base64'));
}

const tell = () => report({ type: 'written', texts: [...texts] });

/** Streams begin evenly spread over one interval, and each keeps its beat whatever the others do. */
function go(): void {
  const interval = 1000 / plan.rate;
  const start = performance.now();
  for (const [i, stream] of streams.entries()) stream.dueAt = start + (interval * i) / streams.length;
  beat();
}

/** Writes what is due until nothing is left to write. */
function beat(): void {
  const now = performance.now();
  for (const stream of streams) {
    while (stream.dueAt <= now && stream.sent < plan.tokens) {
      writeToken(stream);
      stream.dueAt += 1000 / plan.rate;
    }
  }
  isBeating = streams.some((stream) => stream.sent < plan.tokens);
  if (isBeating) setTimeout(beat, 1);
  else if (!plan.atOnce) tell();
}

const server = net.createServer((socket) => {
  let head = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    if (head === 'open') return;
    head += bytes.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    if (head.startsWith('GET')) {
      const body = JSON.stringify({ object: 'list', data: [{ id: 'bench', object: 'model' }] });
      socket.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
      return;
    }
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const isWhole = /transfer-encoding: chunked/i.test(head)
      ? head.endsWith('0\r\n\r\n')
      : head.length >= end + 4 + length;
    if (!isWhole) return;
    const number = Number(/No\. (\d+)/.exec(head)?.[1] ?? Number.NaN);
    if (plan.atOnce) report({ type: 'asked', number, at: clock() });
    head = 'open';
    open(socket);
  });
});

process.on('message', (order: ProviderOrder) => {
  if (order.type === 'plan') {
    plan = order.plan;
    written = 0;
    texts.clear();
  } else if (order.type === 'go') {
    go();
  } else if (order.type === 'tell') {
    tell();
  } else {
    report({ type: 'count', written, at: clock() });
  }
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => report({ type: 'port', port: (server.address() as AddressInfo).port }));
