'use client';

import { useState } from 'react';
import { extractionRules } from '../../../lib/lab/extract.ts';
import type { LabRun } from '../../../lib/lab/run.ts';
import type { ScoringRule } from '../../../lib/lab/score.ts';
import { Button } from '../../ui/button.tsx';
import { CheckLine } from '../../ui/check-line.tsx';
import { ruleWords } from './sample-view.tsx';

/** Judges all samples anew by another rule, without asking anything. */
export function Rescoring(props: {
  run: LabRun;
  card: string;
  onAsk: (method: string, path: string, body: unknown) => Promise<void>;
}) {
  const { run, card } = props;
  const [rule, setRule] = useState<ScoringRule>(run.facts.rule);
  const [state, setState] = useState<'idle' | 'busy' | 'done'>('idle');
  const rules = rule.rules ?? extractionRules;
  const score = async () => {
    setState('busy');
    await props.onAsk('POST', `/api/lab/runs/${encodeURIComponent(run.id)}/rescore`, { rule });
    setState('done');
  };
  return (
    <details className={card}>
      <summary className="cursor-pointer text-md font-semibold">Score again</summary>
      <p className="mt-2 text-sm text-pretty text-ink-muted">
        The scorer is part of the result. New figures from the same replies, without a new call; verdicts by hand stay.
        Scorer version {run.facts.scorerVersion}.
      </p>
      <fieldset className="mt-2 grid gap-x-5 md:grid-cols-2">
        <legend className="text-sm text-ink-muted">An answer counts when it is found by</legend>
        {extractionRules.map((each) => (
          <CheckLine
            key={each}
            checked={rules.includes(each)}
            onChange={(checked) => {
              const next = extractionRules.filter((other) => (other === each ? checked : rules.includes(other)));
              const { rules: _, ...others } = rule;
              setRule(next.length === extractionRules.length ? others : { ...others, rules: next });
            }}
          >
            {ruleWords[each]}
          </CheckLine>
        ))}
      </fieldset>
      <CheckLine checked={rule.strict ?? false} onChange={(strict) => setRule({ ...rule, strict })}>
        Strict: an inequality is no answer where an interval is the key
      </CheckLine>
      <div className="mt-2 flex items-center gap-3">
        <Button disabled={state === 'busy' || rules.length === 0} onClick={() => void score()}>
          {state === 'busy' ? 'Scoring…' : 'Score again'}
        </Button>
        <span role="status" className="text-sm text-ink-muted">
          {state === 'done' && 'The figures above are by this rule.'}
        </span>
      </div>
    </details>
  );
}
