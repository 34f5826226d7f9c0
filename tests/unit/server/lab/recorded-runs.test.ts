import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { measureSettings } from '../../../../lib/server/lab/run-figures.ts';
import { recordedJudged, RecordedRuns } from '../../../../lib/server/lab/recorded-runs.ts';

const folder = path.resolve(import.meta.dirname, '../../../../public/lab');

test('the run that comes with the app is whole, small, and its figures are those of its samples', async () => {
  const [recorded] = await new RecordedRuns(folder).list();
  assert.ok(recorded);
  const { run, questions, samples } = recorded;
  assert.equal(samples.length, run.samples.planned);
  assert.equal(run.samples.over, run.samples.planned);
  assert.equal(questions.filter(Boolean).length, run.facts.questionCount);
  assert.equal(samples.filter(({ state }) => state === 'failed' || state === 'stopped').length, 0);
  const { seed } = run.plan;
  const judgedOf = async (setting: number) => recordedJudged(recorded, setting);
  assert.deepEqual(await measureSettings(run.settings, { seed, weight: 'equal', judgedOf }), run.figures);
  assert.ok((await stat(path.join(folder, 'recorded.jsonl.gz'))).size < 1_000_000);
});
