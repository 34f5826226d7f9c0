// @ts-check
// Makes the run of the lab that comes with the app: asks a running app's models the number puzzles, and keeps the export
// in public/lab/. Usage: node scripts/record-lab.mjs --url http://127.0.0.1:3000 --plain inside:tiny-base \
//   --models inside:tiny-zero,inside:tiny-r1 --caps 16,32,64,128,256
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { insidePuzzles } from '../lib/lab/puzzle.ts';
import { packRun } from '../lib/server/lab/recorded-runs.ts';
import { projectRoot, Refusal, runMain, tell } from './cli.mjs';

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      /** `provider:model`, or `provider:model:template`. */
      models: { type: 'string' },
      questions: { type: 'string', default: '60' },
      samples: { type: 'string', default: '16' },
      /** Tokens after which the thought of `models` is closed; none: as it is alone. */
      caps: { type: 'string', default: '' },
      /** Models whose thinking is left as it is. */
      plain: { type: 'string', default: '' },
      name: { type: 'string', default: 'recorded' },
      title: { type: 'string', default: 'Number puzzles, the small models inside' },
    },
  });
  if (!values.models) throw new Refusal('Name the models: --models provider:model,provider:model');
  const call = caller(values.url);
  const caps = values.caps === '' ? [] : values.caps.split(',').map(Number);
  const capped = caps.map((tokens) => ({ way: 'cap', tokens }));
  const models = [...modelsOf(values.plain, []), ...modelsOf(values.models, capped)];
  const id = randomUUID();
  await call('POST', '/api/lab/runs', {
    id,
    dataSetName: 'Number puzzles',
    questions: insidePuzzles(Number(values.questions), 1),
    plan: {
      title: values.title,
      models,
      samplesPerQuestion: Number(values.samples),
      suffix: 'none',
      seed: 1,
      ceiling: {},
    },
  });
  await call('PATCH', `/api/lab/runs/${id}`, { do: 'start' });
  for (;;) {
    const { state, samples, pause } = JSON.parse(await call('GET', `/api/lab/runs/${id}`));
    tell(`${samples.over} of ${samples.planned}`);
    if (state === 'done') break;
    if (state === 'paused') throw new Refusal(`The run is paused: ${JSON.stringify(pause)}`);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  const folder = path.join(projectRoot, 'public/lab');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${values.name}.jsonl.gz`);
  writeFileSync(file, await packRun(await call('GET', `/api/lab/runs/${id}/export?format=jsonl`)));
  tell(`kept in ${file}`);
});

/**
 * @param {string} names as they are given, with commas between them
 * @param {readonly object[]} steps
 */
function modelsOf(names, steps) {
  return names
    .split(',')
    .filter((each) => each !== '')
    .map((each) => {
      const [providerId = '', modelKey = '', promptTemplate] = each.split(':');
      const settings = { model: { providerId, modelKey }, sampling: {}, ...(promptTemplate && { promptTemplate }) };
      return { settings, steps };
    });
}

/**
 * Calls the app as one person.
 * @param {string} url
 * @returns {(method: string, path: string, body?: unknown) => Promise<string>}
 */
function caller(url) {
  let cookie = '';
  return async (method, at, body) => {
    const response = await fetch(`${url}${at}`, {
      method,
      headers: {
        origin: url,
        ...(cookie && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const text = await response.text();
    if (!response.ok) throw new Refusal(`${method} ${at} answered ${response.status}: ${text}`);
    return text;
  };
}
