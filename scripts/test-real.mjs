// @ts-check
// `npm run test:real -- --base-url http://127.0.0.1:11434/v1 [--key K] [--model M] [--question Q] [--record NAME]`: asks a
// real server through the built app, and tells what is not as we think. All it asks is seeded; what is compared is asked
// once. The line at its end belongs into docs/real-servers.md; `--record` writes what came as fixtures.
//
// ✓ as expected   ≠ differs from what we assume of such a server, and works   ✗ does not work: the exit code is 1
// – the server has no such thing
//
// It costs a few thousand tokens. The key may also be in CUSTOM_API_KEY, where a list of processes does not show it.
import { parseArgs } from 'node:util';
import { Refusal, runMain } from './cli.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';
import { createPerson, startApp } from './real/app.mjs';
import { readWire, writeRecord } from './real/wire.mjs';

/**
 * @typedef {import('./real/app.mjs').Person} Person
 * @typedef {{ person: Person, model: any, key: string | undefined, question: string, record: string | undefined,
 *   baseURL: string, server: string, build: string }} Proof
 * @typedef {'✓' | '≠' | '✗' | '–'} Mark
 */

const usualQuestion = 'What is 17 + 25? Think briefly, then answer with the number.';
const longQuestion = 'Count from 1 to 2000 in English words, one number a line, and leave none out.';
const thinkingTag = /<\/?(?:think|thinking|thought|reasoning|seed:think)>|\[\/?THINK\]|<\|channel\|>/g;
/** The same sample each time. */
const seeded = { temperature: 0, seed: 1 };
/** At once, or the answer is over: so often it is tried to end a thinking in mid-stream. */
const liveTries = 5;

/** What the row of a server tells. */
const columns = [
  ...[
    'answer',
    'counts',
    'log-probabilities',
    'on in the thought',
    'on in the answer',
    'answer now',
    '… in the stream',
  ],
  ...['budget', 'raw', 'window', 'stop', 'unknown model'],
];

/** @type {[name: string, mark: Mark, words: string][]} */
const table = [];

/** @param {string} name @param {Mark | boolean} mark @param {string} words */
function tellRow(name, mark, words) {
  const shown = mark === true ? '✓' : mark === false ? '✗' : mark;
  table.push([name, shown, words]);
  console.log(`  ${shown} ${name.padEnd(22)} ${words}`);
}

await runMain(async () => {
  const { baseURL, key, wanted, question, record } = readArguments();
  await ensureInstalled();
  await ensureBuilt();
  const app = await startApp(baseURL, key);
  try {
    const person = await createPerson(app.url);
    const model = await checkModels(person, wanted);
    if (model) {
      const named = await nameServer(baseURL, key);
      const proof = { person, model, key, question, record, baseURL, ...named };
      const checks = [checkAnswer, checkGoingOn, checkAnswerNow, checkLive, checkBudget, checkRaw, checkWindow];
      for (const check of [...checks, checkStop, checkUnknownModel]) {
        try {
          await check(proof);
        } catch (error) {
          tellRow(check.name, false, String(error));
        }
      }
      tellLine(proof);
    }
    if (key && app.output().includes(key)) tellRow('key', false, 'the app printed it');
  } finally {
    await app.stop();
  }
  const failures = table.filter(([, mark]) => mark === '✗').length;
  console.log(failures === 0 ? '\nas it should be' : `\n${failures} not as it should be`);
  return failures === 0 ? 0 : 1;
});

function readArguments() {
  const string = /** @type {const} */ ({ type: 'string' });
  const example =
    'npm run test:real -- --base-url http://127.0.0.1:11434/v1 [--key K] [--model M] [--question Q] [--record NAME]';
  try {
    const { values } = parseArgs({
      options: { 'base-url': string, key: string, model: string, question: string, record: string },
    });
    const baseURL = values['base-url']?.replace(/\/+$/, '');
    if (!baseURL) throw new Refusal(`Which server? ${example}`);
    const key = values.key ?? (process.env.CUSTOM_API_KEY || undefined);
    return { baseURL, key, wanted: values.model, question: values.question ?? usualQuestion, record: values.record };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`These words are not understood; ${example}`);
  }
}

/**
 * The server's name and build, as far as it tells them.
 * @param {string} baseURL
 * @param {string | undefined} key
 */
async function nameServer(baseURL, key) {
  const origin = new URL(baseURL).origin;
  const read = async (/** @type {string} */ path) => {
    const headers = new Headers(key ? { authorization: `Bearer ${key}` } : undefined);
    const response = await fetch(`${origin}${path}`, { headers }).catch(() => undefined);
    return response?.ok ? await response.json().catch(() => undefined) : undefined;
  };
  const props = await read('/props');
  if (props?.build_info) return { server: 'llama.cpp', build: String(props.build_info) };
  const version = (await read('/api/version'))?.version;
  if (version) return { server: 'Ollama', build: String(version) };
  const other = (await read('/version'))?.version;
  return { server: origin, build: other ? String(other) : 'unknown' };
}

/**
 * The list, and the model to ask: the one wanted, or the first.
 * @param {Person} person
 * @param {string | undefined} wanted
 */
async function checkModels(person, wanted) {
  const { providers } = await person.json('GET', '/api/models');
  const entry = providers.find((/** @type {any} */ one) => one.provider.id === 'custom');
  const models = entry?.models ?? [];
  const model = wanted ? models.find((/** @type {any} */ one) => one.id === wanted) : models[0];
  const names = models.slice(0, 6).map((/** @type {any} */ one) => one.id);
  tellRow('models', models.length > 0, models.length > 0 ? `${models.length}: ${names.join(', ')}` : words(entry));
  if (wanted && !model) tellRow('model', false, `does not list ${wanted}`);
  if (model) {
    const { reasoning, limits, continuation, parameters } = model;
    const dials = Object.keys(parameters?.dials ?? {}).join(', ') || 'none';
    const budget = parameters?.thinkingBudget ? 'a budget' : 'no budget';
    const taken = `thinking ${reasoning.transport}, goes on by ${continuation ?? 'a new turn'}, ${budget}, dials: ${dials}`;
    tellRow('taken for', '✓', `${model.id}: ${taken}, window ${limits.contextTokens ?? 'unknown'}`);
  }
  return model;
}

/** @param {any} entry */
function words(entry) {
  return JSON.stringify(entry?.provider.status ?? 'no such server');
}

/** @param {Proof} proof @param {Record<string, unknown>} [sampling] */
function settingsOf({ model }, sampling) {
  return {
    model: { providerId: 'custom', modelKey: model.key },
    sampling: { ...seeded, ...sampling },
  };
}

/** One answer through the app, and the same request once more without it. @param {Proof} proof */
async function checkAnswer(proof) {
  const asked = await proof.person.ask(settingsOf(proof, { temperature: 0.5, maxTokens: 1000 }), proof.question);
  const { reasoning, answer, generation } = asked;
  const { state, error, usage, finish, request } = generation;
  const tags = reasoning.match(thinkingTag) ?? answer.match(thinkingTag);
  tellRow(
    'answer',
    state === 'complete' && !tags,
    `${state}${tags ? `, tags left: ${tags}` : ''}: ${short(answer || error?.message)}`,
  );
  if (!request) return;
  const wire = await readWire(request, proof.key);
  keep(proof, 'answer', request, wire);
  const same = wire.content.includes(answer.slice(0, 40)) || answer === '';
  if (!same) tellRow('seed', '≠', 'the same request with the same seed answers otherwise');
  const arrived = wire.fields.size > 0 ? 'field' : thinkingTag.test(wire.content) ? 'inline' : 'none';
  tellRow(
    'thinking',
    (arrived !== 'none') === (reasoning !== ''),
    `${arrived}${wire.fields.size > 0 ? `: ${[...wire.fields]}` : ''}`,
  );
  const total = usage ? usage.reasoningTokens + usage.answerTokens : 0;
  const counted = wire.usage?.completion_tokens;
  const told = `${usage?.reasoningTokens} + ${usage?.answerTokens}${usage?.otherTokens ? ` + ${usage.otherTokens}` : ''} (${usage?.source})`;
  tellRow(
    'counts',
    counted === undefined ? '≠' : total === counted || !same,
    `${told}; the server: ${counted ?? 'nothing'} in ${wire.events} events`,
  );
  if (finish?.rawReason !== 'stop') tellRow('finish', '≠', `${finish?.rawReason}`);
  const asks = { ...JSON.parse(request.body), logprobs: true };
  const probable = await readWire({ url: request.url, body: JSON.stringify(asks) }, proof.key);
  tellRow(
    'log-probabilities',
    probable.logprobs > 0 ? '✓' : '–',
    `in ${probable.logprobs} of ${probable.events} events`,
  );
}

/** Cut twice and gone on with twice: once there, and what it would have been. @param {Proof} proof */
async function checkGoingOn(proof) {
  const { person, question } = proof;
  // Without chance, so that what is gone on with can be what it would have been; with it, where it would never answer.
  let sampling = { temperature: 0 };
  let whole = await person.ask(settingsOf(proof, { ...sampling, maxTokens: 400 }), question);
  if (whole.answer === '') {
    sampling = { temperature: 0.5 };
    whole = await person.ask(settingsOf(proof, { ...sampling, maxTokens: 400 }), question);
  }
  const { reasoningTokens = 0, answerTokens = 0 } = whole.generation.usage ?? {};
  for (const [name, first] of /** @type {const} */ ([
    ['on in the thought', Math.floor(reasoningTokens / 3)],
    ['on in the answer', reasoningTokens + Math.max(2, Math.floor(answerTokens / 2))],
  ])) {
    if (first < 2) {
      tellRow(name, '–', 'nothing of it to cut');
      continue;
    }
    const cut = await person.ask(settingsOf(proof, { ...sampling, maxTokens: first }), question);
    const once = await person.goOn(cut, {
      settings: settingsOf(proof, { ...sampling, maxTokens: Math.max(2, Math.floor(first / 2)) }),
    });
    const request = once.generation.request;
    if (request && proof.record) {
      const given = { reasoning: cut.reasoning, answer: cut.answer };
      keep(proof, name.replaceAll(' ', '-'), request, await readWire(request, proof.key), given);
      const { continue_final_message: _, add_generation_prompt: __, ...plain } = JSON.parse(request.body);
      if (_ !== undefined) {
        const asked = { url: request.url, body: JSON.stringify(plain) };
        keep(proof, `${name.replaceAll(' ', '-')}-repeated`, asked, await readWire(asked, proof.key), given);
      }
    }
    const last =
      once.generation.finish?.reason === 'length' && textOf(once) !== ''
        ? await person.goOn(once, { settings: settingsOf(proof, { ...sampling, maxTokens: 400 }) })
        : once;
    const begins = textOf(last).startsWith(textOf(cut));
    const isTwice = textOf(cut).length > 12 && textOf(last).split(textOf(cut)).length > 2;
    const isWhole = textOf(last) === textOf(whole);
    const how = isWhole ? 'as if it had never been cut' : `otherwise than uncut: ${short(last.answer)}`;
    const ok = once.way === 'same' && begins && !isTwice;
    tellRow(
      name,
      once.way === 'turn' ? '–' : ok ? (isWhole || sampling.temperature > 0 ? '✓' : '≠') : '✗',
      `${once.way}, ${how}`,
    );
  }
}

/** @param {{ reasoning: string, answer: string }} said */
function textOf({ reasoning, answer }) {
  return `${reasoning}|${answer}`.replace(/\s+/g, '').replace(/\|$/, '');
}

/** A cut thought is closed, and the answer asked for. @param {Proof} proof */
async function checkAnswerNow(proof) {
  const cut = await proof.person.ask(settingsOf(proof, { maxTokens: 6 }), proof.question);
  if (cut.reasoning === '' || cut.answer !== '') return tellRow('answer now', '–', 'it does not think that long');
  try {
    const settings = settingsOf(proof, { maxTokens: 400 });
    const { answer, reasoning, generation } = await proof.person.goOn(cut, { settings, answerNow: true });
    const request = generation.request;
    if (request && proof.record) {
      keep(proof, 'answer-now', request, await readWire(request, proof.key), { reasoning: cut.reasoning, answer: '' });
    }
    const told = generation.notices.map((/** @type {any} */ notice) => notice.message ?? notice.code).join(' ');
    const ok = answer !== '' && textOf({ reasoning, answer: '' }) === textOf(cut);
    tellRow('answer now', ok, `${short(answer)} (${short(told)})`);
  } catch (error) {
    tellRow('answer now', /409/.test(String(error)) ? '–' : '✗', short(String(error)));
  }
}

/** The thinking is ended while it streams. @param {Proof} proof */
async function checkLive(proof) {
  if (proof.model.continuation !== 'last-message') return tellRow('… in the stream', '–', 'no such call is known');
  for (let i = 1; i <= liveTries; i++) {
    let way = 'over already';
    const asked = await proof.person.ask(
      settingsOf(proof, { seed: i, temperature: 1 }),
      proof.question,
      async (running) => {
        way = await proof.person.goOn(running, { answerNow: true }).then(
          (next) => next.way,
          () => 'over already',
        );
      },
    );
    const ended = asked.generation.notices.some((/** @type {any} */ notice) => notice.facts?.inStream);
    if (way === 'stream' && ended)
      return tellRow('… in the stream', asked.answer !== '', `${short(asked.answer)} (try ${i})`);
    if (way === 'same') return tellRow('… in the stream', '≠', 'stopped and gone on with');
  }
  return tellRow('… in the stream', '≠', `over before it could be told, ${liveTries} times`);
}

/** @param {Proof} proof */
async function checkBudget(proof) {
  if (!proof.model.parameters?.thinkingBudget) return tellRow('budget', '–', 'not offered');
  const most = Math.max(5, proof.model.parameters.thinkingBudget.min);
  const { generation } = await proof.person.ask(
    settingsOf(proof, { thinkingBudget: most, maxTokens: 400 }),
    proof.question,
  );
  const { reasoningTokens: thought = 0, source } = generation.usage ?? {};
  if (thought === 0) return tellRow('budget', '–', 'it does not think');
  return tellRow(
    'budget',
    thought <= most + 2 ? '✓' : '≠',
    `asked for at most ${most}, thought ${thought} (${source})`,
  );
}

/** A raw completion, gone on with twice, to the letter. @param {Proof} proof */
async function checkRaw(proof) {
  const settings = { ...settingsOf(proof, { maxTokens: 4 }), promptTemplate: 'raw', rawPrompt: ` ${proof.question}` };
  let last = await proof.person.ask(settings, proof.question);
  const { generation } = last;
  if (generation.error) return tellRow('raw', '–', short(generation.error.detail ?? generation.error.message));
  const { prompt } = JSON.parse(generation.request.body);
  for (let i = 0; i < 2 && last.generation.finish?.reason === 'length'; i++) {
    const { pieces } = await proof.person.json('GET', `/api/generations/${last.answerId}/raw`);
    const written = pieces.map((/** @type {any} */ piece) => piece.text).join('');
    last = await proof.person.goOn(last);
    if (JSON.parse(last.generation.request.body).prompt !== prompt + written) {
      return tellRow('raw', false, 'what was sent is not the prompt and the text');
    }
  }
  return tellRow('raw', true, short(last.reasoning + last.answer));
}

/** A prompt longer than the window is refused in words, or its cut is said. @param {Proof} proof */
async function checkWindow(proof) {
  const { contextTokens } = proof.model.limits;
  if (!contextTokens || contextTokens > 20_000) return tellRow('window', '–', `${contextTokens ?? 'unknown'} tokens`);
  const { generation } = await proof.person.ask(settingsOf(proof, { maxTokens: 8 }), '7 * 3 , '.repeat(contextTokens));
  const said =
    generation.error?.message ?? generation.notices.map((/** @type {any} */ n) => n.message ?? n.code).join(' ');
  return tellRow('window', generation.error?.kind === 'context' || said !== '', `${contextTokens}; ${short(said)}`);
}

/** @param {Proof} proof */
async function checkStop(proof) {
  let stoppedAt = 0;
  const { generation, reasoning, answer } = await proof.person.ask(
    settingsOf(proof),
    longQuestion,
    async ({ answerId }) => {
      stoppedAt = Date.now();
      await proof.person.json('POST', `/api/generations/${answerId}/stop`);
    },
  );
  const took = Date.now() - stoppedAt;
  if (generation.state === 'complete') return tellRow('stop', '≠', 'done before it could be stopped');
  const isStopped = generation.state === 'stopped' && took < 5_000;
  return tellRow('stop', isStopped, `after ${took} ms, ${(reasoning + answer).length} characters kept`);
}

/** @param {Proof} proof */
async function checkUnknownModel({ person }) {
  const modelKey = `no-such-model-${Date.now()}`;
  const overrides = [{ providerId: 'custom', modelKey, override: { added: true } }];
  await person.json('PUT', '/api/models/overrides', { overrides });
  const settings = { model: { providerId: 'custom', modelKey }, sampling: { ...seeded, maxTokens: 8 } };
  const { generation, answer } = await person.ask(settings, 'Say yes.');
  const { error } = generation;
  if (!error) tellRow('unknown model', '≠', `answered as if it did exist: ${short(answer)}`);
  else
    tellRow(
      'unknown model',
      error.kind === 'model' ? '✓' : '≠',
      `${error.kind}: ${short(error.detail ?? error.message)}`,
    );
}

/**
 * @param {Proof} proof
 * @param {string} what
 * @param {import('./real/wire.mjs').Sent} sent
 * @param {import('./real/wire.mjs').Wire} wire
 * @param {unknown} [given]
 */
function keep({ record, server, build }, what, sent, wire, given) {
  if (record) writeRecord({ name: record, what, server, build, sent, wire, given });
}

/** The row for docs/real-servers.md. @param {Proof} proof */
function tellLine({ server, build, model }) {
  const marks = table.filter(([name]) => columns.includes(name));
  const cells = columns.map((column) => marks.find(([name]) => name === column)?.[1] ?? ' ');
  const day = new Date().toISOString().slice(0, 10);
  console.log(`\n| server | build | date | model | ${columns.join(' | ')} |`);
  console.log(`| ${[server, build, day, model.id, ...cells].join(' | ')} |`);
}

/** @param {string | undefined} text */
function short(text) {
  const line = (text ?? '').trim().replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line || '(nothing)';
}
