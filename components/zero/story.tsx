import type { ReactNode } from 'react';
import { formatCount } from '../../lib/quantity-words.ts';
import type { TrainingRecord } from '../../lib/zero/record.ts';
import { valueWords } from './line-plot.tsx';

const share = { isShare: true };

/** The recipe in our words: what is asked, what is rewarded, how a step changes the model. */
export function Recipe({ record }: { record: TrainingRecord }) {
  const { evaluations } = record.zero;
  const [first, last] = [evaluations[0]?.both, evaluations.at(-1)?.both];
  const withLength = record.lossWithLength?.evaluations.at(-1);
  return (
    <Chapter title="The recipe, in our words">
      <p>
        <strong>Template.</strong> R1-Zero’s prompt asks for the reasoning between <code>&lt;think&gt;</code> tags and
        the answer between <code>&lt;answer&gt;</code> tags. Ours is reduced to the models’ few words: “Use 3 5 7 to
        make 26 .”
      </p>
      <p>
        <strong>Rewards.</strong> A point for the form, and one for an answer that is right, both by rule. A right
        answer counts only in a well-formed text. tiny-r1 gets, besides, the share of English in its thought. No example
        shows tiny-zero how to think.
      </p>
      <p>
        <strong>GRPO.</strong> Each text is compared with the others of its own puzzle: the advantage is its reward less
        the group’s mean. We do not divide by the deviation, nor by the text’s length (Dr. GRPO).
      </p>
      <p>
        <strong>What emerged.</strong> First the form, then longer thoughts, and right answers with them
        {first && last && (
          <>
            : well-formed {valueWords(first.format, share)} → {valueWords(last.format, share)}, thoughts of{' '}
            {valueWords(first.thinkingTokens)} → {valueWords(last.thinkingTokens)} tokens, right{' '}
            {valueWords(first.accuracy, share)} → {valueWords(last.accuracy, share)}, and thoughts that mix two
            languages {valueWords(first.mixed, share)} → {valueWords(last.mixed, share)}
          </>
        )}
        . It is seen to think longer where a puzzle has four numbers.
      </p>
      <p>
        <strong>What did not.</strong> No “aha moment”: the model has no words for one, and it goes on to another
        attempt because its base sometimes does.
      </p>
      <p>
        <strong>A reward hack.</strong> A thought ends at a “yes”, whether it is true or not, and the rule never looks
        into thoughts. So a false “yes” costs nothing of the form, and training may find that. It is counted with each
        step above, and marked in the columns.
      </p>
      <p>
        <strong>A term that stops thinking.</strong> The original loss divides a text’s advantage by its length. A short
        well-formed answer without a thought then weighs most, and here the form is learnt before thinking pays
        {withLength && (
          <>
            : trained so, it thinks {valueWords(withLength.both.thinkingTokens)} tokens after step {withLength.step} and
            is right in {valueWords(withLength.both.accuracy, share)}
          </>
        )}
        . R1-Zero used that term and grew all the same: a fact about our toy, not about the paper.
      </p>
      <p>
        The paper:{' '}
        <a className="text-accent underline-offset-2 hover:underline" href="https://arxiv.org/abs/2501.12948">
          DeepSeek-R1, arXiv:2501.12948
        </a>
        ; the loss without its two divisions:{' '}
        <a className="text-accent underline-offset-2 hover:underline" href="https://arxiv.org/abs/2503.20783">
          arXiv:2503.20783
        </a>
        .
      </p>
    </Chapter>
  );
}

/** What must be said beside the curves. */
export function Honesty({ record }: { record: TrainingRecord }) {
  const last = record.zero.evaluations.at(-1);
  return (
    <Chapter title="What must be said beside it">
      <ol className="flex list-decimal flex-col gap-2 pl-5">
        <li>
          The space is tiny: some thirty different expressions for three numbers, about a hundred for four. Blind search
          that repeats nothing comes near the models where there is room for many attempts; both its lines are drawn.
          {last?.both.repeats !== undefined && (
            <> At the end tiny-zero repeats itself in {valueWords(last.both.repeats, share)} of its attempts.</>
          )}
        </li>
        <li>
          R1-Zero’s thoughts keep growing. Ours grow and then stay about as long: better attempts need fewer of them,
          and the window of the model ends some. The length is drawn as it is.
        </li>
        <li>
          The training mostly stops the model from giving up, a habit that we put into the base’s texts, and sharpens
          which attempts it makes. It invents nothing: the base sometimes tries many times, and without those texts
          there would be nothing to strengthen.
        </li>
        <li>
          Languages mix more largely because a longer thought has more places to switch, and the base switches because
          its texts do. That too was our choice.
        </li>
        <li>
          The puzzles it is measured on have number sets that were kept out of all training; they are few
          {last?.puzzles !== undefined && <> ({formatCount(last.puzzles)} asked at each step)</>}, so every figure is
          uncertain by some points.
        </li>
        <li>Each run is one seed, and repeats in shape, not in every bit.</li>
      </ol>
    </Chapter>
  );
}

function Chapter({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex max-w-prose flex-col gap-2.5 text-pretty" aria-label={title}>
      <h2 className="font-serif text-lg">{title}</h2>
      {children}
    </section>
  );
}
