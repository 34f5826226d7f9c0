// @ts-check
// The built app with one server to ask, and somebody who uses it by its API.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectRoot, Refusal, tell } from '../cli.mjs';
import { nodePath, toolEnvironment } from '../node-24.mjs';

/**
 * @typedef {{ url: string, output(): string, stop(): Promise<void> }} App
 * @typedef {{ reasoning: string, answer: string, generation: any }} Answered
 * @typedef {{ conversationId: string, threadId: string, answerId: string }} Asked
 * @typedef {Awaited<ReturnType<typeof createPerson>>} Person
 */

const startLimitMs = 60_000;
/** A server may have to load its model first. */
export const answerLimitMs = 10 * 60_000;

/**
 * Somebody who uses the app by its API.
 * @param {string} url
 */
export async function createPerson(url) {
  const first = await fetch(`${url}/api/models`);
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  /** @param {string} method @param {string} where @param {unknown} [body] */
  const request = async (method, where, body) => {
    const response = await fetch(`${url}${where}`, {
      method,
      headers: { origin: url, cookie, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerLimitMs),
    });
    if (!response.ok) throw new Refusal(`${method} ${where} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  /** @param {string} method @param {string} where @param {unknown} [body] @returns {Promise<any>} */
  const json = async (method, where, body) => (await request(method, where, body)).json();

  /**
   * Reads what runs in a conversation to its end.
   * @param {string} id
   * @param {(() => Promise<void>) | undefined} [onText] called once, when the first text is there
   */
  const follow = async (id, onText) => {
    const events = await request('GET', `/api/conversations/${id}/events`);
    let seen = '';
    for await (const bytes of /** @type {AsyncIterable<Uint8Array>} */ (events.body)) {
      seen += Buffer.from(bytes).toString('latin1');
      if (onText && /"kind":"(?:answer|reasoning)"/.test(seen)) {
        await onText();
        onText = undefined;
      }
      if (/^event: end$/m.test(seen)) break;
    }
  };

  /** @param {{ conversationId: string, answerId: string }} asked @returns {Promise<Answered>} */
  const read = async ({ conversationId, answerId }) => {
    const { messages } = await json('GET', `/api/conversations/${conversationId}`);
    const parts = messages.find((/** @type {any} */ message) => message.id === answerId)?.parts ?? [];
    const textOf = (/** @type {string} */ kind) =>
      parts.flatMap((/** @type {any} */ part) => (part.kind === kind ? [part.text] : [])).join('\n\n');
    const generation = await json('GET', `/api/generations/${answerId}`);
    return { reasoning: textOf('reasoning'), answer: textOf('answer'), generation };
  };

  /**
   * @param {any} settings
   * @param {string} text
   * @param {(asked: Asked) => Promise<void>} [onText] called once, when the first text is there
   * @returns {Promise<Asked & Answered>}
   */
  const ask = async (settings, text, onText) => {
    const [conversationId = '', threadId = '', questionId = '', answerId = ''] = Array.from({ length: 4 }, () =>
      randomUUID(),
    );
    const asked = { conversationId, threadId, answerId };
    await json('POST', '/api/conversations', {
      id: conversationId,
      threads: [{ id: threadId, settings }],
      ask: { text, threads: [{ threadId, parentId: null, questionId, answerId }] },
    });
    await follow(conversationId, onText && (() => onText(asked)));
    return { ...asked, ...(await read(asked)) };
  };

  /**
   * Goes on with an answer, under other settings if there are any.
   * @param {Asked} from
   * @param {{ settings?: any, answerNow?: boolean }} [how]
   * @returns {Promise<Asked & Answered & { way: string }>}
   */
  const goOn = async (from, { settings, answerNow } = {}) => {
    const { conversationId, threadId, answerId: fromId } = from;
    if (settings) await json('PATCH', `/api/threads/${threadId}`, { settings });
    const body = {
      threadId,
      fromId,
      questionId: randomUUID(),
      answerId: randomUUID(),
      ...(answerNow && { answerNow }),
    };
    const { way, generations } = await json('POST', `/api/conversations/${conversationId}/continue`, body);
    await follow(conversationId);
    const next = { conversationId, threadId, answerId: generations[0]?.id ?? fromId };
    return { way, ...next, ...(await read(next)) };
  };
  return { json, ask, goOn };
}

/**
 * The built app with this server as its only one, on a port and a data folder of its own.
 * @param {string} baseURL
 * @param {string | undefined} key
 * @returns {Promise<App>}
 */
export async function startApp(baseURL, key) {
  const port = await freePort();
  const data = mkdtempSync(path.join(tmpdir(), 'thinkglass-real-'));
  const next = path.join(projectRoot, 'node_modules', 'next', 'dist', 'bin', 'next');
  const child = spawn(nodePath(projectRoot), [next, 'start', '-H', '127.0.0.1', '-p', String(port)], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...toolEnvironment(projectRoot),
      HOST: '127.0.0.1',
      PORT: String(port),
      THINKGLASS_DATA: data,
      THINKGLASS_LOCAL_SERVERS: 'off',
      DATABASE_URL: '',
      CUSTOM_BASE_URL: baseURL,
      CUSTOM_API_KEY: key ?? '',
      NEXT_MANUAL_SIG_HANDLE: 'true',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const gone = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
    rmSync(data, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  tell(`the app at ${url}, asking ${baseURL}`);
  for (const end = Date.now() + startLimitMs; Date.now() < end && child.exitCode === null; await delay(100)) {
    const health = await fetch(`${url}/api/health`).catch(() => undefined);
    if (health?.ok) return { url, output: () => output, stop };
  }
  await stop();
  throw new Refusal(`The app did not start:\n${output}`);
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
