// @ts-check
// `npm run test:real -- --base-url http://127.0.0.1:11434/v1 [--key K] [--model M]`: asks a real server, through the
// built app, and then once more directly with the very request that the app sent, and tells what is not as we think.
//
// ✓ as expected   ≠ differs from what we assume of such a server, and works   ✗ does not work: the exit code is 1
//
// It costs a few hundred tokens. The key may also be in CUSTOM_API_KEY, where a list of processes does not show it.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { projectRoot, Refusal, runMain, tell } from './cli.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';
import { nodePath, toolEnvironment } from './node-24.mjs';

/**
 * @typedef {{ url: string, output(): string, stop(): Promise<void> }} App
 * @typedef {{ reasoning: string, answer: string, generation: any }} Answered
 * @typedef {{ fields: Set<string>, content: string, reasoning: string, usage: any, done: boolean, finish: string | undefined,
 *   status: number, bad: number }} Wire
 */

const startLimitMs = 60_000;
/** A server may have to load its model first. */
const answerLimitMs = 10 * 60_000;
const shortQuestion = 'What is 17 + 25? Think briefly, then answer with the number.';
const longQuestion = 'Count from 1 to 2000 in English words, one number a line, and leave none out.';
const thinkingTag = /<\/?(?:think|thinking|thought|reasoning|seed:think)>|\[\/?THINK\]|<\|channel\|>/g;

let failures = 0;
/** @param {boolean} passed @param {string} text */
function check(passed, text) {
  if (!passed) failures += 1;
  console.log(`  ${passed ? '✓' : '✗'} ${text}`);
}
/** @param {string} text */
const differs = (text) => console.log(`  ≠ ${text}`);
/** @param {string} text */
const note = (text) => console.log(`    ${text}`);

await runMain(async () => {
  const { baseURL, key, model: wanted } = readArguments();
  await ensureInstalled();
  await ensureBuilt();
  const app = await startApp(baseURL, key);
  try {
    const person = await createPerson(app.url);
    const model = await checkModels(person, wanted);
    if (model) {
      const first = await checkAnswer(person, model);
      if (first) await checkWire(first, model, key);
      await checkStop(person, model);
      await checkUnknownModel(person);
    }
    if (key) check(!app.output().includes(key), 'the app printed no key');
  } finally {
    await app.stop();
  }
  console.log(failures === 0 ? '\nas it should be' : `\n${failures} not as it should be`);
  return failures === 0 ? 0 : 1;
});

/** @returns {{ baseURL: string, key: string | undefined, model: string | undefined }} */
function readArguments() {
  const string = /** @type {const} */ ({ type: 'string' });
  const example = 'npm run test:real -- --base-url http://127.0.0.1:11434/v1 [--key K] [--model M]';
  try {
    const { values } = parseArgs({ options: { 'base-url': string, key: string, model: string } });
    const baseURL = values['base-url']?.replace(/\/+$/, '');
    if (!baseURL) throw new Refusal(`Which server? ${example}`);
    return { baseURL, key: values.key ?? (process.env.CUSTOM_API_KEY || undefined), model: values.model };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`These words are not understood; ${example}`);
  }
}

/**
 * The list, and the model to ask: the one wanted, or the first.
 * @param {ReturnType<typeof createPerson> extends Promise<infer P> ? P : never} person
 * @param {string | undefined} wanted
 */
async function checkModels(person, wanted) {
  const { providers } = await person.json('GET', '/api/models');
  const entry = providers.find((/** @type {any} */ one) => one.provider.id === 'custom');
  const models = entry?.models ?? [];
  console.log('\nmodels');
  check(
    models.length > 0,
    `lists ${models.length} models${models.length > 0 ? '' : `: ${entry?.provider.status.reason}`}`,
  );
  note(
    models
      .slice(0, 12)
      .map((/** @type {any} */ one) => one.id)
      .join(', '),
  );
  const model = wanted ? models.find((/** @type {any} */ one) => one.id === wanted) : models[0];
  if (wanted && !model) check(false, `has the model ${wanted}`);
  if (model) note(`asking ${model.id}; taken for: thinking ${model.reasoning.transport}, history ${model.history}`);
  return model;
}

/**
 * One question through the app.
 * @param {any} person
 * @param {any} model
 * @returns {Promise<Answered | undefined>} undefined when no request was sent
 */
async function checkAnswer(person, model) {
  console.log('\nan answer, through the app');
  const { reasoning, answer, generation } = await person.ask(model.key, shortQuestion);
  const { error, usage, times, finish, notices } = generation;
  check(generation.state === 'complete', `ends complete${error ? `: ${error.message} ${error.detail ?? ''}` : ''}`);
  if (answer.includes('42')) check(true, `answers: ${short(answer)}`);
  else differs(`answers something else than 42: ${short(answer)}`);
  note(`${reasoning.length} characters of thinking: ${short(reasoning)}`);
  check(!reasoning.match(thinkingTag) && !answer.match(thinkingTag), 'no tag is left in thinking or answer');
  if (usage) {
    note(
      `tokens: ${usage.promptTokens ?? '?'} in, ${usage.reasoningTokens} thought, ${usage.answerTokens} answered (${usage.source})`,
    );
  }
  note(
    `first byte after ${times.firstByte ?? '?'} ms, end after ${times.end ?? '?'} ms; finish: ${finish?.rawReason ?? 'none given'}`,
  );
  for (const { message } of notices) note(`notice: ${message}`);
  return generation.request ? { reasoning, answer, generation } : undefined;
}

/**
 * The same request once more, without the app between.
 * @param {Answered} first
 * @param {any} model
 * @param {string | undefined} key
 */
async function checkWire(first, model, key) {
  console.log('\nthe same request, directly');
  const sent = JSON.parse(first.generation.request.body);
  const wire = await readWire(first.generation.request, key).catch((error) => {
    check(false, `the connection broke: ${error.cause?.message ?? error.message}`);
  });
  if (!wire) return;
  check(wire.status === 200, `status ${wire.status}`);
  const tags = [...new Set(wire.content.match(thinkingTag) ?? [])];
  const where =
    wire.fields.size > 0
      ? `the field ${[...wire.fields].join(' and ')}`
      : tags.length > 0
        ? `tags: ${tags.join(' ')}`
        : 'nowhere to be seen';
  const arrived = wire.fields.size > 0 ? 'field' : tags.length > 0 ? 'inline' : 'none';
  const assumed = model.reasoning.transport;
  const saysAsAssumed = arrived === assumed || (arrived === 'none' && assumed === 'hidden');
  if (saysAsAssumed) check(true, `thinking: ${where}`);
  else differs(`thinking: ${where}; the model is taken for "${assumed}"`);
  if (tags.length > 0 && !tags.some((tag) => !tag.includes('/'))) {
    differs('the thinking begins without a tag: its template writes it (set "starts in reasoning" for this model)');
  }
  check(
    (wire.reasoning !== '' || tags.length > 0) === (first.reasoning !== ''),
    'the app saw thinking where there was some',
  );
  if (wire.usage) {
    const split = wire.usage.completion_tokens_details?.reasoning_tokens ?? wire.usage.reasoning_tokens;
    check(true, `usage: reported, ${split === undefined ? 'without' : 'with'} the tokens of the thinking`);
  } else if (sent.stream_options?.include_usage) differs('usage: asked for and not reported');
  else note('usage: not asked for (what we know of this server says it refuses), not reported');
  if (wire.done) check(true, '[DONE] at the end');
  else differs('no [DONE] at the end');
  if (wire.finish === 'stop') check(true, 'finish reason: stop');
  else differs(`finish reason: ${wire.finish ?? 'none'}`);
  if (wire.bad > 0) differs(`${wire.bad} events that are no JSON`);
}

/**
 * @param {any} person
 * @param {any} model
 */
async function checkStop(person, model) {
  console.log('\nstopping');
  let stoppedAt = 0;
  const { generation, reasoning, answer } = await person.ask(
    model.key,
    longQuestion,
    async (/** @type {string} */ id) => {
      stoppedAt = Date.now();
      await person.json('POST', `/api/generations/${id}/stop`);
    },
  );
  const took = Date.now() - stoppedAt;
  if (generation.state === 'complete') differs('it was done before it could be stopped');
  else
    check(
      generation.state === 'stopped' && took < 5_000,
      `stopped after ${took} ms, with ${(reasoning + answer).length} characters kept`,
    );
}

/** @param {any} person */
async function checkUnknownModel(person) {
  console.log('\na model that does not exist');
  const modelKey = `no-such-model-${Date.now()}`;
  const overrides = [{ providerId: 'custom', modelKey, override: { added: true } }];
  await person.json('PUT', '/api/models/overrides', { overrides });
  const { generation, answer } = await person.ask(modelKey, 'Say yes.');
  const { error } = generation;
  if (!error) differs(`it is answered as if it did exist: ${short(answer)}`);
  else if (error.kind === 'model') check(true, `says so: ${error.message}`);
  else
    differs(
      `an error of another kind, ${error.kind} (status ${error.status ?? 'none'}): ${error.detail ?? error.message}`,
    );
  note(error?.detail ?? '');
}

/**
 * What a server sends for a request, as it sends it.
 * @param {{ url: string, body: string }} request
 * @param {string | undefined} key
 * @returns {Promise<Wire>}
 */
async function readWire({ url, body }, key) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body,
    signal: AbortSignal.timeout(answerLimitMs),
  });
  /** @type {Wire} */
  const wire = {
    fields: new Set(),
    content: '',
    reasoning: '',
    usage: undefined,
    done: false,
    finish: undefined,
    status: response.status,
    bad: 0,
  };
  for (const line of (await response.text()).split(/\r\n|\n|\r/)) {
    const data = /^data: ?(.*)$/.exec(line)?.[1];
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
 * @param {any} chunk
 */
function take(wire, chunk) {
  if (chunk.usage) wire.usage = chunk.usage;
  const choice = chunk.choices?.[0];
  if (choice?.finish_reason) wire.finish = choice.finish_reason;
  for (const [field, value] of Object.entries(choice?.delta ?? {})) {
    if (typeof value !== 'string' || value === '') continue;
    if (field === 'content') wire.content += value;
    else if (/reason|think/i.test(field)) {
      wire.fields.add(field);
      wire.reasoning += value;
    }
  }
}

/**
 * Somebody who uses the app by its API.
 * @param {string} url
 */
async function createPerson(url) {
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
   * @param {string} modelKey
   * @param {string} text
   * @param {(generationId: string) => Promise<void>} [onText] called once, when the first text is there
   * @returns {Promise<Answered>}
   */
  const ask = async (modelKey, text, onText) => {
    const [id, threadId, questionId, answerId] = Array.from({ length: 4 }, () => randomUUID());
    const settings = { model: { providerId: 'custom', modelKey }, sampling: {} };
    await json('POST', '/api/conversations', {
      id,
      threads: [{ id: threadId, settings }],
      ask: { text, threads: [{ threadId, parentId: null, questionId, answerId }] },
    });
    const events = await request('GET', `/api/conversations/${id}/events`);
    let seen = '';
    for await (const bytes of /** @type {AsyncIterable<Uint8Array>} */ (events.body)) {
      seen += Buffer.from(bytes).toString('latin1');
      if (onText && /"kind":"(?:answer|reasoning)"/.test(seen)) {
        await onText(/** @type {string} */ (answerId));
        onText = undefined;
      }
      if (/^event: end$/m.test(seen)) break;
    }
    const { messages } = await json('GET', `/api/conversations/${id}`);
    const parts = messages.find((/** @type {any} */ message) => message.id === answerId).parts;
    const textOf = (/** @type {string} */ kind) =>
      parts.flatMap((/** @type {any} */ part) => (part.kind === kind ? [part.text] : [])).join('\n\n');
    const generation = await json('GET', `/api/generations/${answerId}`);
    return { reasoning: textOf('reasoning'), answer: textOf('answer'), generation };
  };
  return { json, ask };
}

/**
 * The built app with this server as its only one, on a port and a data folder of its own.
 * @param {string} baseURL
 * @param {string | undefined} key
 * @returns {Promise<App>}
 */
async function startApp(baseURL, key) {
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

/** @param {string} text */
function short(text) {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line || '(nothing)';
}
