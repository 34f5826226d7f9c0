// @ts-check
// Makes the run of the lab that comes with the app: asks a running app's models the number puzzles, and keeps the export
// in public/lab/. Usage: node scripts/record-lab.mjs --url http://127.0.0.1:3000 --models inside:tiny-base,inside:tiny-r1
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { insidePuzzles } from '../lib/lab/puzzle.ts';
import { projectRoot, Refusal, runMain, tell } from './cli.mjs';

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      /** `provider:model`, or `provider:model:template`. */
      models: { type: 'string' },
      questions: { type: 'string', default: '60' },
      samples: { type: 'string', default: '16' },
      /** Tokens after which the thought is closed; none: as it is alone. */
      caps: { type: 'string', default: '' },
      name: { type: 'string', default: 'recorded' },
      title: { type: 'string', default: 'Number puzzles, the small models inside' },
    },
  });
  if (!values.models) throw new Refusal('Name the models: --models provider:model,provider:model');
  const call = caller(values.url);
  const caps = values.caps === '' ? [] : values.caps.split(',').map(Number);
  const models = values.models.split(',').map((each) => {
    const [providerId = '', modelKey = '', promptTemplate] = each.split(':');
    return {
      settings: { model: { providerId, modelKey }, sampling: {}, ...(promptTemplate && { promptTemplate }) },
      steps: [...caps.map((tokens) => ({ way: 'cap', tokens })), { way: 'as-is' }],
    };
  });
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
  const file = path.join(folder, `${values.name}.jsonl`);
  writeFileSync(file, await call('GET', `/api/lab/runs/${id}/export?format=jsonl`));
  tell(`kept in ${file}`);
});

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
