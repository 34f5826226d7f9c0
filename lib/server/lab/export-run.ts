import { renderCsvLine } from '../../export/csv.ts';
import type { LabQuestion } from '../../lab/question.ts';
import { countedState, type LabRun, type LabSample } from '../../lab/run.ts';
import { textOfKind } from '../../stream-part.ts';
import type { Store } from '../store/store.ts';
import type { LabReader } from './lab-reader.ts';
import type { RecordedRun } from './recorded-runs.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Samples read at once: what a file costs in memory, whatever its length. */
const samplesAtOnce = 200;

/**
 * A run as JSON lines: the run itself, then one line a sample with its question and its texts. A recorded run is made of it
 * (`packRun`).
 */
export async function* writeRun(
  { store, reader }: { store: Store; reader: LabReader },
  ownerId: string,
  id: string,
): AsyncGenerator<Bytes> {
  const encoder = new TextEncoder();
  const line = (value: unknown) => encoder.encode(`${JSON.stringify(value)}\n`);
  const run = await reader.read(ownerId, id);
  yield line({ kind: 'run', ...run });
  let questions = new Map<number, LabQuestion>();
  for (let offset = 0; ; offset += samplesAtOnce) {
    const { items } = await reader.samples(ownerId, id, { offset, limit: samplesAtOnce });
    const ids = items.flatMap(({ generationId }) => generationId ?? []);
    const texts = await store.labSamples.readEnds(ids);
    questions = await readMissing(store, id, questions, items);
    const lines = items.map((sample) => {
      const parts = texts.get(sample.generationId ?? '')?.parts ?? [];
      const said = { thinking: textOfKind(parts, 'reasoning'), answer: textOfKind(parts, 'answer') };
      return line(sampleLine(run, sample, { asked: questions.get(sample.question), ...said }));
    });
    for (const bytes of lines) yield bytes;
    if (items.length < samplesAtOnce) return;
  }
}

/** A run that comes with the app, as any other one is exported. */
export async function* writeRecorded({ run, questions, samples }: RecordedRun): AsyncGenerator<Bytes> {
  const encoder = new TextEncoder();
  yield encoder.encode(`${JSON.stringify({ kind: 'run', ...run })}\n`);
  for (let at = 0; at < samples.length; at += samplesAtOnce) {
    const lines = samples.slice(at, at + samplesAtOnce).map(({ thinking, answer, ...sample }) => {
      const said = { asked: questions[sample.question], thinking, answer };
      return `${JSON.stringify(sampleLine(run, sample, said))}\n`;
    });
    yield encoder.encode(lines.join(''));
  }
}

/** A sample with all that a reader of the file would otherwise have to look up in its head. */
function sampleLine(
  run: Pick<LabRun, 'settings'>,
  sample: LabSample,
  said: { asked: LabQuestion | undefined; thinking: string; answer: string },
) {
  const setting = run.settings[sample.setting];
  const { asked, thinking, answer } = said;
  return {
    kind: 'sample',
    ...sample,
    counted: countedState(sample),
    model: setting?.modelLabel,
    step: setting?.step,
    sampling: setting?.settings.sampling,
    asked,
    rewards: rewardsOf(sample),
    thinking,
    answer,
  };
}

/** Some thousand questions are kept at hand: samples come question by question, again and again. */
async function readMissing(
  store: Store,
  runId: string,
  known: Map<number, LabQuestion>,
  samples: readonly LabSample[],
): Promise<Map<number, LabQuestion>> {
  if (known.size > 5_000) known.clear();
  for (const { question } of samples) {
    if (known.has(question)) continue;
    const read = await store.labRuns.readQuestions(runId, { offset: question, limit: samplesAtOnce });
    for (const [i, one] of read.entries()) known.set(question + i, one);
  }
  return known;
}

function rewardsOf(sample: LabSample) {
  return {
    accuracy: countedState(sample) === 'right' ? 1 : 0,
    ...(sample.formatOk !== undefined && { format: Number(sample.formatOk) }),
    ...(sample.languageShare !== undefined && { language: sample.languageShare }),
  };
}

/** A run's figures, one setting a line. */
export function renderRunFigures(run: LabRun): string {
  const header = [
    ...['setting', 'provider', 'model', 'way', 'value', 'questions', 'samples', 'planned'],
    ...['accuracy', 'accuracyLow', 'accuracyHigh', 'interval', 'thinkingTokens', 'thinkingLow', 'thinkingHigh'],
    ...['k', 'passAtK', 'passAllK', 'consensus', 'costUsd', 'priced', 'scorerVersion'],
  ];
  const rows = run.settings.flatMap((setting, at) => {
    const figures = run.figures[at];
    if (!figures) return [];
    const { accuracy, thinking } = figures;
    const { step } = setting;
    const value = 'tokens' in step ? step.tokens : 'effort' in step ? step.effort : 'times' in step ? step.times : '';
    const common = [
      ...[setting.index, setting.providerLabel, setting.modelLabel, step.way, value],
      ...[accuracy?.questions, accuracy?.samples, figures.planned],
      ...[accuracy?.value, accuracy?.low, accuracy?.high, accuracy?.interval],
      ...[thinking?.value, thinking?.low, thinking?.high],
    ];
    const tail = [figures.cost, figures.priced, run.facts.scorerVersion];
    const byK = figures.byK.length > 0 ? figures.byK : [undefined];
    return byK.map((each) =>
      renderCsvLine([
        ...common,
        ...[each?.k, each?.passAtK?.value, each?.passAllK?.value, each?.consensus?.value],
        ...tail,
      ]),
    );
  });
  return renderCsvLine(header) + rows.join('');
}
