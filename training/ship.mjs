// @ts-check
// Makes what the repository ships out of a finished run (recipe.sh): the models as GGUF files with models.json beside
// them, the record that /zero draws, and the likelihoods that the tests compare with.
//
// node training/ship.mjs RUN-FOLDER
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [run] = process.argv.slice(2);
if (run === undefined) throw new Error('node training/ship.mjs RUN-FOLDER');
const root = path.resolve(import.meta.dirname, '..');
const models = path.join(root, 'lib/server/protocols/inside/models');
const program = path.join(import.meta.dirname, 'build/tiny');

/** The steps of tiny-zero that are shipped: most of them early, where it learns most. */
const zeroSteps = [5, 10, 20, 30, 40, 60];

/** @param {string[]} parts */
function tiny(...parts) {
  const { status, stdout, stderr } = spawnSync(program, parts, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`tiny ${parts.join(' ')}: ${stderr}`);
  return stdout;
}

/** @param {string} text */
const linesOf = (text) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
/** @param {string} name */
const linesIn = (name) => linesOf(readFileSync(path.join(run, name), 'utf8'));

const plainTemplate =
  "{% set last = messages[-1] %}{% if last.role == 'assistant' and messages|length > 1 %} {{ messages[-2].content }}" +
  '{{ last.content }}{% else %} {{ last.content }}{% endif %}';
const openingTemplate =
  "{% set last = messages[-1] %}{% if last.role == 'assistant' and messages|length > 1 %} {{ messages[-2].content }}" +
  '{% if last.reasoning_content %}<think>{{ last.reasoning_content }}</think>{% endif %}{{ last.content }}' +
  '{% else %} {{ last.content }}{% if add_generation_prompt %}<think>{% endif %}{% endif %}';

const recipe = JSON.parse(readFileSync(path.join(run, 'recipe.json'), 'utf8'));
const zero = linesIn('zero.jsonl');
const r1 = linesIn('r1.jsonl');
const lastZero = Math.max(...zero.map(({ step }) => step));
const lastR1 = Math.max(...r1.map(({ step }) => step));

const notes = {
  base: 'Pretrained only: it often gives up, and often forgets its tags.',
  zero: 'Trained from the base by nothing but rewards for a right answer and its form, as R1-Zero was.',
  r1: 'The base, then clean examples, then rewards, one of them for thinking in one language, as R1 was.',
};

const shipped = [
  { id: 'tiny-zero', kind: 'zero', step: lastZero, from: `zero.net.${lastZero}` },
  { id: 'tiny-r1', kind: 'r1', step: lastR1, from: `r1.net.${lastR1}` },
  { id: 'tiny-base', kind: 'base', step: 0, from: 'base.net' },
  ...zeroSteps.map((step) => ({ id: `tiny-zero-${step}`, kind: 'zero', step, from: `zero.net.${step}` })),
];

mkdirSync(models, { recursive: true });
for (const name of readdirSync(models)) if (name.endsWith('.gguf')) rmSync(path.join(models, name));
const records = shipped.map(({ id, kind, step, from }) => {
  const opens = kind === 'r1' ? '<think>' : '';
  const note = id.startsWith('tiny-zero-')
    ? `tiny-zero after ${step} steps of reinforcement learning.`
    : notes[/** @type {'base'} */ (kind)];
  const [file, source] = [`${id}.gguf`, path.join(run, from)];
  tiny(
    'export',
    '--from',
    source,
    '--to',
    path.join(models, file),
    '--name',
    id,
    '--description',
    `0.6 million parameters. ${note}`,
    '--template',
    kind === 'r1' ? openingTemplate : plainTemplate,
  );
  const [evaluation] = linesOf(tiny('evaluate', '--from', source, '--puzzles', '2048'));
  console.log(id, evaluation.both.accuracy, evaluation.three.accuracy, evaluation.four.accuracy);
  return { id, file, title: id, kind, step, opens, context: recipe.window, parameters: 607_104, note, evaluation };
});
writeFileSync(
  path.join(models, 'models.json'),
  `${JSON.stringify(
    records.map(({ evaluation, ...record }) => record),
    null,
    2,
  )}\n`,
);

/** @param {any[]} lines */
const split = (lines) => ({
  evaluations: lines.filter(({ at }) => at === 'evaluation').map(({ at, ...line }) => line),
  training: lines.filter(({ at }) => at === 'training').map(({ at, ...line }) => line),
});
/** @param {string} from @param {string[]} more */
const caps = (from, ...more) =>
  linesOf(tiny('caps', '--from', path.join(run, from), '--puzzles', '1024', ...more)).map(
    ({ cap, both, three, four }) => ({
      cap,
      both: both.accuracy,
      three: three.accuracy,
      four: four.accuracy,
    }),
  );

const texts = linesIn('base.jsonl');
const record = {
  recipe,
  base: { evaluations: texts.filter((line) => 'both' in line), training: texts.filter((line) => 'loss' in line) },
  traces: { evaluations: linesIn('traces.jsonl').filter((line) => 'both' in line) },
  zero: split(zero),
  r1: split(r1),
  lossWithLength: split(linesIn('length.jsonl')),
  shipped: records.map(({ id, step, kind, evaluation }) => ({ id, kind, step, ...evaluation })),
  caps: {
    base: caps('base.net'),
    baseNeverStops: caps('base.net', '--never-stops', 'yes'),
    zero: caps(`zero.net.${lastZero}`),
    r1: caps(`r1.net.${lastR1}`),
  },
  blind: linesOf(tiny('blind')),
};
const target = path.join(root, 'lib/zero/record.json');
mkdirSync(path.dirname(target), { recursive: true });
writeFileSync(target, `${JSON.stringify(record)}\n`);
const fixtures = path.join(root, 'tests/fixtures/inside');
mkdirSync(fixtures, { recursive: true });
for (const id of ['tiny-zero', 'tiny-r1']) {
  const from = path.join(run, id === 'tiny-zero' ? `zero.net.${lastZero}` : `r1.net.${lastR1}`);
  tiny('logits', '--from', from, '--to', path.join(fixtures, `${id}.rounded.bin`));
  tiny('logits', '--from', from, '--rounded', 'no', '--to', path.join(fixtures, `${id}.float.bin`));
}
