'use client';

import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import {
  countedState,
  type LabRun,
  type LabSample,
  type Page,
  type QuestionRow,
  type SampleDetail,
} from '../../../lib/lab/run.ts';
import { requestJson } from '../../client/request-json.ts';
import { useLoaded } from '../../client/use-loaded.ts';
import { RewardGroup } from '../../rewards/reward-group.tsx';
import type { GroupSample } from '../../rewards/group-sample.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { stateWords } from '../figure-words.ts';
import { settingWords } from './run-words.ts';
import { SampleView } from './sample-view.tsx';

/** So many samples of a question are shown at once; a question may have 512. */
const shown = 64;

/** One question under one point: its samples, why each would be pushed up or down, and any of them in full. */
export function QuestionDialog(props: { run: LabRun; setting: number; question: number; onClose: () => void }) {
  const { run, setting, question, onClose } = props;
  const [sample, setSample] = useState<number>();
  /** Verdicts by hand make the figures anew: the lists are read again. */
  const [edits, setEdits] = useState(0);
  const base = `/api/lab/runs/${encodeURIComponent(run.id)}`;
  const rows = useLoaded<Page<QuestionRow>>(`${base}/questions?offset=${question}&limit=1`);
  const samples = useLoaded<Page<LabSample>>(
    `${base}/samples?setting=${setting}&question=${question}&limit=${shown}&edit=${edits}`,
  );
  const of = run.settings.find(({ index }) => index === setting);
  const row = rows.state === 'ready' ? rows.value.items[0] : undefined;
  return (
    <Dialog title={`Question ${question + 1}`} width="xl" onClose={onClose}>
      {row && (
        <p className="max-h-40 flex-none overflow-y-auto text-base wrap-anywhere whitespace-pre-line">
          {row.question.question.slice(0, 4000)}
          <span className="mt-1 block text-sm text-ink-muted">
            Key: <strong className="font-medium text-ink">{row.question.answer.slice(0, 400)}</strong>
            {of && ` · ${settingWords(of)}`}
          </span>
        </p>
      )}
      {sample !== undefined ? (
        <>
          <Button tone="quiet" className="self-start" onClick={() => setSample(undefined)}>
            <ArrowLeft aria-hidden size={14} /> All samples of this question
          </Button>
          <SampleById
            key={`${sample} ${edits}`}
            base={base}
            number={sample}
            recorded={run.recorded === true}
            onEdited={() => setEdits(edits + 1)}
          />
        </>
      ) : samples.state === 'ready' ? (
        <Group samples={samples.value} onOpen={setSample} />
      ) : (
        <p className="text-sm text-ink-muted">{samples.state === 'failed' ? samples.reason : '…'}</p>
      )}
    </Dialog>
  );
}

function Group({ samples, onOpen }: { samples: Page<LabSample>; onOpen: (number: number) => void }) {
  const over = samples.items.filter((sample) => {
    const state = countedState(sample);
    return state !== undefined && state !== 'failed' && state !== 'stopped';
  });
  const missing = samples.items.length - over.length;
  if (over.length === 0) return <p className="text-sm text-ink-muted">No sample of it has come back yet.</p>;
  return (
    <section className="flex min-w-0 flex-col gap-2" aria-labelledby="lab-rewards">
      <h3 id="lab-rewards" className="text-md font-semibold">
        Why this one would be pushed up
      </h3>
      <p className="text-sm text-pretty text-ink-muted">
        What R1’s training would have made of these samples: each is rewarded by rules, and held against the others.
        {samples.total > samples.items.length && ` The first ${samples.items.length} of ${samples.total}.`}
        {missing > 0 && ` ${missing} failed or have not come back, and are not among them.`}
      </p>
      <RewardGroup samples={over.map(groupSampleOf)} onOpen={(id) => onOpen(Number(id))} />
    </section>
  );
}

function groupSampleOf(sample: LabSample): GroupSample {
  const state = countedState(sample);
  return {
    id: String(sample.number),
    name: `Sample ${sample.sample + 1}`,
    said: (
      <span title={state && stateWords[state]}>{sample.found?.text.slice(0, 60) ?? (state && stateWords[state])}</span>
    ),
    rewards: {
      accuracy: state === 'right' ? 1 : 0,
      format: sample.formatOk === undefined ? undefined : Number(sample.formatOk),
      language: sample.languageShare,
    },
    tokens: (sample.thinkingTokens ?? 0) + (sample.answerTokens ?? 0),
  };
}

function SampleById(props: { base: string; number: number; recorded: boolean; onEdited: () => void }) {
  const path = `${props.base}/samples/${props.number}`;
  const load = useLoaded<SampleDetail>(path);
  const [problem, setProblem] = useState<string>();
  if (load.state !== 'ready')
    return <p className="text-sm text-ink-muted">{load.state === 'failed' ? load.reason : '…'}</p>;
  const mark = async (byHand: 'right' | 'wrong' | null) => {
    try {
      await requestJson('PATCH', path, { byHand });
      props.onEdited();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.');
    }
  };
  return (
    <>
      <SampleView detail={load.value} {...(!props.recorded && { onMark: (byHand) => void mark(byHand) })} />
      {problem && <p className="text-sm text-danger">{problem}</p>}
    </>
  );
}
