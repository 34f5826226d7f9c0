/**
 * The provider of the browser's benchmark, in a process of its own: `node bench/page-provider.ts` prints its base URL.
 *
 * The model `write-8000-200-1` writes 8,000 tokens at 200 a second, a chunk each, seven eighths of them thinking, as
 * stream 1. Each sixteenth token is a stamp, the moment of its writing: ` t83412s1x` is 83,412 ms by the wall clock,
 * modulo 1e8, in stream 1. `GET /pace` tells of each finished answer how far it fell behind.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerTokens, thinkingTokens, type Token } from './page-text.ts';

/** How an answer was written. */
export interface Pace {
  model: string;
  tokens: number;
  seconds: number;
  /** How late the latest token was against its time, in ms. */
  latest: number;
}

const stampEvery = 16;
const paces: Pace[] = [];

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.url === '/pace') return sendJson(response, paces);
  if (request.url === '/v1/models') {
    const sizes = ['8000-200', '32000-200', '32000-1000', '100000-1000', '4000-100', '400-1000'];
    const ids = sizes.flatMap((size) => [1, 2, 3, 4].map((stream) => `write-${size}-${stream}`));
    return sendJson(response, { object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });
  }
  const { model } = JSON.parse(body || '{}') as { model?: string };
  const [, tokens, rate, stream] = /^write-(\d+)-(\d+)-(\d+)$/.exec(model ?? '') ?? [];
  if (!model || !tokens) {
    response.statusCode = 404;
    return sendJson(response, { error: { message: 'There is no such model.' } });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.socket?.setNoDelay(true);
  await write(response, { model, tokens: Number(tokens), rate: Number(rate), stream: Number(stream) });
});

interface Job {
  model: string;
  tokens: number;
  /** Tokens a second. */
  rate: number;
  stream: number;
}

async function write(response: ServerResponse, job: Job): Promise<void> {
  const { model, tokens, rate, stream } = job;
  const texts = textsOf(tokens, stream);
  const begun = performance.now();
  let latest = 0;
  for (let i = 0; i < tokens && !response.destroyed; ) {
    const due = Math.min(tokens, Math.floor(((performance.now() - begun) * rate) / 1000) + 1);
    latest = Math.max(latest, performance.now() - begun - (i * 1000) / rate);
    for (; i < due; i++) {
      const { delta, stamped } = texts(i);
      const field = i < thinkingPart(tokens) ? 'reasoning_content' : 'content';
      const text = stamped ? ` t${now()}s${stream}x` : delta;
      response.write(
        `data: {"id":"c","object":"chat.completion.chunk","created":1795000000,"model":"${model}","choices":[{"index":0,"delta":{"${field}":${JSON.stringify(text)}},"finish_reason":null}]}\n\n`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, (i * 1000) / rate - (performance.now() - begun))));
  }
  paces.push({ model, tokens, seconds: (performance.now() - begun) / 1000, latest });
  const usage = {
    prompt_tokens: 12,
    completion_tokens: tokens,
    total_tokens: tokens + 12,
    completion_tokens_details: { reasoning_tokens: thinkingPart(tokens) },
  };
  response.write(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`);
  response.write(`data: ${JSON.stringify({ choices: [], usage })}\n\n`);
  response.end('data: [DONE]\n\n');
}

function thinkingPart(tokens: number): number {
  return Math.floor((tokens * 7) / 8);
}

/** The tokens by number, in their order; the last of the thinking and of the answer say that they are. */
function textsOf(tokens: number, seed: number): (i: number) => { delta: string; stamped: boolean } {
  const thinking = thinkingTokens(seed);
  const answer = answerTokens(seed);
  let held: Token | undefined;
  let since = 0;
  return (i) => {
    if (i === thinkingPart(tokens) - 1) return { delta: `\n\nendofthought${seed}`, stamped: false };
    if (i === thinkingPart(tokens)) held = undefined;
    if (i === tokens - 1) return { delta: `\n\nendofanswer${seed}`, stamped: false };
    since++;
    const next = held ?? ((i < thinkingPart(tokens) ? thinking : answer).next().value as Token); // they never end
    held = undefined;
    const last = i + 2 >= thinkingPart(tokens) && i < thinkingPart(tokens);
    if (since >= stampEvery && next.prose && next.text.startsWith(' ') && !last) {
      since = 0;
      held = next;
      return { delta: '', stamped: true };
    }
    return { delta: next.text, stamped: false };
  };
}

function now(): number {
  return Math.round(performance.timeOrigin + performance.now()) % 1e8;
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`));
