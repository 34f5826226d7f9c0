import { renderCsvLine } from '../../export/csv.ts';
import type { LabQuestion } from '../../lab/question.ts';
import { countedState, type LabRun, type LabSample } from '../../lab/run.ts';
import { textOfKind } from '../../stream-part.ts';
import type { Store } from '../store/store.ts';
import type { LabReader } from './lab-reader.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Samples read at once: what a file costs in memory, whatever its length. */
const samplesAtOnce = 200;

/**
 * A run as JSON lines: the run itself, then one line a sample with its question and its texts. The same file is what a
 * recorded run is made of.
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
      const question = questions.get(sample.question);
      return line({
        kind: 'sample',
        ...sample,
        counted: countedState(sample),
        setting: sample.setting,
        model: run.settings[sample.setting]?.modelLabel,
        step: run.settings[sample.setting]?.step,
        sampling: run.settings[sample.setting]?.settings.sampling,
        asked: question,
        rewards: rewardsOf(sample),
        thinking: textOfKind(parts, 'reasoning'),
        answer: textOfKind(parts, 'answer'),
      });
    });
    for (const bytes of lines) yield bytes;
    if (items.length < samplesAtOnce) return;
  }
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
