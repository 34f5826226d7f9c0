'use client';

import { useState } from 'react';
import { renderCsvLine } from '../../../lib/export/csv.ts';
import type { SettingFigures } from '../../../lib/lab/figures.ts';
import { ChartFigure, type ChartTable } from '../../charts/chart-figure.tsx';
import { Swatch } from '../../charts/swatch.tsx';
import { figureWords, meaningWords, meanWords, sampleWords } from '../figure-words.ts';
import { PlotLegend } from '../plot-legend.tsx';
import { accuracyPoints, budgetPoints, type PlotPoint, type PlotSetting, samplePoints } from '../plot-points.ts';
import { PointPlot } from '../point-plot.tsx';
import { ReferenceChoice, useReferences } from './reference-choice.tsx';
import { useVotes, VoteChoice, type VotesOfRun } from './vote-choice.tsx';

const fieldLook =
  'h-9 max-w-64 rounded-md border border-line bg-surface px-2.5 text-sm text-ink pointer-coarse:h-10 pointer-coarse:text-lg';

/** The three plots of a run. A point opens its questions. */
export function RunPlots(props: {
  settings: readonly PlotSetting[];
  title: string;
  card: string;
  /** Absent where nothing can be asked: its votes all weigh the same. */
  votes?: VotesOfRun;
  onOpen: (settingId: string) => void;
}) {
  const { settings, card, onOpen } = props;
  const name = props.title.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60);
  const papers = useReferences();
  const votes = useVotes(settings, props.votes);
  const [of, setOf] = useState('');
  const chosen = votes.settings.find(({ id }) => id === of) ?? votes.settings[0];
  const accuracy = accuracyPoints(settings);
  const budget = budgetPoints(votes.settings);
  const hasVotes = settings.some(({ figures }) => figures.byK.length > 1);
  return (
    <>
      <div className={card}>
        <ChartFigure
          title="Accuracy against thinking"
          note={<PlotLegend settings={settings} />}
          table={settingsTable(settings)}
          files={{ name: `${name}-accuracy`, csv: () => pointsCsv(accuracy, 'thinking_tokens') }}
        >
          <PointPlot
            label={`Accuracy against thinking tokens, ${accuracy.length} points; each opens its questions.`}
            points={accuracy}
            levels={papers.levels}
            x={{ label: 'thinking tokens of a sample →', of: 'tokens' }}
            onOpen={onOpen}
          />
        </ChartFigure>
        <ReferenceChoice shown={papers} />
        <Meaning settings={settings} />
      </div>
      {hasVotes && (
        <div className="grid grid-cols-1 gap-5 xl:grid-cols-2">
          <div className={card}>
            <ChartFigure
              title="More samples"
              note={<SampleLegend settings={settings} chosen={chosen} onChoose={setOf} />}
              table={kTable(chosen)}
              files={{ name: `${name}-samples`, csv: () => pointsCsv(chosen ? samplePoints(chosen) : [], 'samples') }}
            >
              <PointPlot
                label={`pass@k, cons@k and pass^k of ${chosen?.model}, ${chosen?.setting}, against k.`}
                points={chosen ? samplePoints(chosen) : []}
                x={{ label: 'samples, k →', of: 'samples' }}
                onOpen={onOpen}
              />
            </ChartFigure>
            {props.votes && <VoteChoice votes={votes} />}
          </div>
          <div className={card}>
            <ChartFigure
              title="Longer thoughts, or more of them"
              note="The same tokens spent on one longer sample (circles, solid) or on several and a vote (diamonds, dashed)."
              table={budgetTable(budget)}
              files={{ name: `${name}-budget`, csv: () => pointsCsv(budget, 'output_tokens') }}
            >
              <PointPlot
                label={`Accuracy against all tokens spent on an answer, ${budget.length} points.`}
                points={budget}
                x={{ label: 'thinking and answer tokens of the vote →', of: 'tokens' }}
                onOpen={onOpen}
              />
            </ChartFigure>
          </div>
        </div>
      )}
    </>
  );
}

function SampleLegend(props: {
  settings: readonly PlotSetting[];
  chosen: PlotSetting | undefined;
  onChoose: (id: string) => void;
}) {
  const curves = new Map(props.chosen ? samplePoints(props.chosen).map(({ series, color }) => [series, color]) : []);
  return (
    <span className="flex flex-wrap items-center gap-x-3.5 gap-y-1">
      {[...curves].map(([series, color]) => (
        <span key={series} className="inline-flex items-center gap-1.5">
          <Swatch color={color} /> {series}
        </span>
      ))}
      {props.settings.length > 1 && (
        <select
          aria-label="Point whose samples are drawn"
          className={fieldLook}
          value={props.chosen?.id}
          onChange={(event) => props.onChoose(event.currentTarget.value)}
        >
          {props.settings.map(({ id, model, setting }) => (
            <option key={id} value={id}>
              {model}, {setting}
            </option>
          ))}
        </select>
      )}
    </span>
  );
}

/** What the error bars mean, in words below the plot. */
function Meaning({ settings }: { settings: readonly PlotSetting[] }) {
  const figure = settings.map(({ figures }) => figures.accuracy).find((accuracy) => accuracy !== undefined);
  return figure ? <p className="mt-1 text-sm text-pretty text-ink-muted">{meaningWords(figure)}</p> : null;
}

function settingsTable(settings: readonly PlotSetting[]): ChartTable {
  return {
    head: ['Point', 'Right', 'Thinking tokens', 'Samples'],
    rows: settings.map(({ id, model, setting, figures }) => ({
      key: id,
      cells: [
        `${model}, ${setting}`,
        figureWords(figures.accuracy),
        meanWords(figures.thinking),
        figures.accuracy ? sampleWords(figures.accuracy) : '–',
      ],
    })),
  };
}

function kTable(chosen: PlotSetting | undefined): ChartTable {
  const rows: SettingFigures['byK'] = chosen?.figures.byK ?? [];
  return {
    head: ['k', 'pass@k', 'cons@k', 'pass^k'],
    rows: rows.map(({ k, passAtK, consensus, passAllK }) => ({
      key: String(k),
      cells: [k, figureWords(passAtK), figureWords(consensus), figureWords(passAllK)],
    })),
  };
}

function budgetTable(points: readonly PlotPoint[]): ChartTable {
  return {
    head: ['Way', 'Tokens', 'Right'],
    rows: withoutJoints(points).map((point, at) => ({
      key: String(at),
      cells: [point.series, Math.round(point.x), `${(point.y * 100).toFixed(1)} %`],
    })),
  };
}

function pointsCsv(points: readonly PlotPoint[], x: string): string {
  const head = ['series', x, `${x}_low`, `${x}_high`, 'right', 'right_low', 'right_high'];
  return [head, ...withoutJoints(points).map((p) => [p.series, p.x, p.x1, p.x2, p.y, p.y1, p.y2])]
    .map(renderCsvLine)
    .join('');
}

function withoutJoints(points: readonly PlotPoint[]): PlotPoint[] {
  return points.filter(({ isJoint }) => !isJoint);
}
