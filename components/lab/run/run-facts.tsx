import type { LabRun } from '../../../lib/lab/run.ts';
import { formatCounted, formatMoment } from '../../../lib/quantity-words.ts';
import { settingWords } from './run-words.ts';

/** All that fixes a run: with it, it could be made again. */
export function RunFacts({ run, card }: { run: LabRun; card: string }) {
  const { facts, plan } = run;
  const rows: readonly (readonly [string, string])[] = [
    [
      'Data set',
      `${facts.dataSetName}, ${formatCounted(facts.questionCount, 'question')}, SHA-256 ${facts.dataSetHash}`,
    ],
    ...run.settings.map(
      (setting) =>
        [
          settingWords(setting),
          [
            setting.providerLabel,
            setting.answeredModels.length > 0 && `said to be ${setting.answeredModels.join(', ')}`,
            `template ${setting.settings.promptTemplate ?? 'of the model'}`,
            `sampling ${JSON.stringify(setting.settings.sampling)}`,
            setting.recording && 'a recording',
          ]
            .filter(Boolean)
            .join('; '),
        ] as const,
    ),
    ['Samples of a question', String(plan.samplesPerQuestion)],
    ['Answer asked for', plan.suffix],
    ['Seed', String(plan.seed)],
    ['Scorer', `version ${facts.scorerVersion}, rule ${JSON.stringify(facts.rule)}`],
    ['Verdicts by hand', String(run.byHand)],
    ['App', facts.appVersion],
    ['Planned', formatMoment(run.createdAt)],
  ];
  return (
    <details className={card}>
      <summary className="cursor-pointer text-md font-semibold">What fixes this run</summary>
      <dl className="mt-2 grid gap-x-4 gap-y-1.5 text-sm md:grid-cols-[12rem_minmax(0,1fr)]">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-muted">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
