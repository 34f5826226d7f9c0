'use client';

import { type FinalAnswer, finalAnswerOf } from '../../lib/reasoning/final-answer.ts';
import { LazyMarkdown } from '../markdown/lazy-markdown.tsx';
import { agreementOf } from '../words/agreement-words.ts';

/** Whether the answers come to the same; loaded when they are over, since it reads mathematics. */
export default function AgreementLine({ answers }: { answers: readonly { label: string; text: string }[] }) {
  const { words, most, others, unclear } = agreementOf(
    answers.map(({ label, text }) => ({ label, final: finalAnswerOf(text) })),
  );
  if (!most) return null;
  return (
    <div className={`${line} ${others.length === 0 ? 'text-accent' : ''}`}>
      {words} <FinalText answer={most} />
      {others.map(({ labels, answer }) => (
        <div key={labels.join()} className={line}>
          · {labels.join(', ')} <FinalText answer={answer} />
        </div>
      ))}
      {unclear && <span className="text-ink-muted">· {unclear}</span>}
    </div>
  );
}

const line = 'flex min-w-0 flex-wrap items-baseline gap-x-1.5';

/** Fractions that fit into a line. */
function lowered(tex: string): string {
  return tex.replaceAll('\\dfrac', '\\tfrac');
}

function cut(text: string): string {
  return text.length <= longestFormula ? text : `${text.slice(0, longestFormula)}…`;
}

/** More than this is not set as a formula, and is cut. */
const longestFormula = 120;

function FinalText({ answer: { text, found } }: { answer: FinalAnswer }) {
  const isFormula = found === 'boxed' && text.length <= longestFormula && !/[$\n]/.test(text);
  return (
    <div
      className="max-w-full min-w-0 overflow-x-clip font-serif text-md leading-tight wrap-anywhere text-ink"
      title={text}
    >
      {isFormula ? <LazyMarkdown text={`$${lowered(text)}$`} growing={false} tone="answer" /> : cut(text)}
    </div>
  );
}
