'use client';

import './health-badges.css';
import type { ReactNode } from 'react';
import type { FormatHealth, Health, LanguageHealth, RepetitionHealth, RethinkHealth } from '../../lib/health.ts';
import { describeFormatProblem } from '../../lib/reasoning/format-words.ts';
import { formatCount, formatCounted, formatShare, language } from '../../lib/quantity-words.ts';
import { HoverCard } from '../ui/popover.tsx';

type OnJump = ((offset: number) => void) | undefined;

/**
 * Four signs of how a thought went, each explained on hover, focus or press.
 * @param props.onJump shows a place of the thinking, told as an offset into it in UTF-16 units; without it places are named only.
 */
export function HealthBadges({ health, onJump }: { health: Health; onJump?: (offset: number) => void }) {
  const { format, language, repetition, rethinks } = health;
  return (
    <ul className="health-badges" aria-label="Health of the thinking">
      {format && <FormatBadge format={format} />}
      {language && <LanguageBadge language={language} onJump={onJump} />}
      {repetition && <RepetitionBadge repetition={repetition} onJump={onJump} />}
      {rethinks && <RethinkBadge rethinks={rethinks} onJump={onJump} />}
    </ul>
  );
}

function FormatBadge({ format: { ok, basis, problems } }: { format: FormatHealth }) {
  const words = problems.map(describeFormatProblem);
  return (
    <Badge name="Format" value={ok ? 'ok' : (words[0] ?? 'not ok')} tone={ok ? 'fine' : 'notable'}>
      <p>
        {basis === 'tags'
          ? 'One thought between think tags, then an answer, and nothing outside; under R1-Zero’s template the answer stands between answer tags.'
          : 'The server sent the thinking in a field of its own, so the tags cannot be seen: all that is judged is whether thinking and an answer are both there.'}
      </p>
      {words.length > 0 && <p>Here: {words.join('; ')}.</p>}
      <Source>The format reward of R1 and R1-Zero: arXiv:2501.12948, section 2.2.2.</Source>
    </Badge>
  );
}

/** A little below 1 is a name or a quotation. */
const consistent = 0.98;

function LanguageBadge({ language, onJump }: { language: LanguageHealth; onJump: OnJump }) {
  const { share, expected, words, mixed, mixedCount } = language;
  const name = expected.language ? languageName(expected.language) : `${expected.script} script`;
  return (
    <Badge name="Language" value={`${formatShare(share)} ${name}`} tone={share >= consistent ? 'fine' : 'notable'}>
      <p>
        The share of the thinking’s words that are in the question’s language ({name}), of {formatCount(words)} judged.
        Code, formulas and lone letters are not words; the script of a word decides first, then what language its
        sentence is in.
      </p>
      <Places
        label="Elsewhere"
        count={mixedCount}
        places={mixed.map(({ start, language: code, words: size }) => ({
          at: start,
          text: `${languageName(code)}, ${formatCounted(size, 'word')}`,
        }))}
        onJump={onJump}
      />
      <Source>The language consistency reward of R1: arXiv:2501.12948, section 2.3.2.</Source>
    </Badge>
  );
}

function RepetitionBadge({ repetition, onJump }: { repetition: RepetitionHealth; onJump: OnJump }) {
  const { share, n, total, loop } = repetition;
  return (
    <Badge
      name={loop ? 'Loop' : 'Repetition'}
      value={loop ? `${loop.times} times` : formatShare(share)}
      tone={loop ? 'notable' : 'none'}
    >
      <p>
        {formatShare(share)} of the thinking’s {formatCount(total)} runs of {n} words had been there before: 1 −
        different runs ÷ runs. Long thoughts have more of it by nature.
      </p>
      {loop && (
        <>
          <p>Said {loop.times} times, without anything between:</p>
          <blockquote>{loop.text}</blockquote>
          {onJump && <Places label="" count={1} places={[{ at: loop.at, text: 'Show where' }]} onJump={onJump} />}
        </>
      )}
      <Source>seq-rep-{n} of Welleck et al.: arXiv:1908.04319, section 6.1.</Source>
    </Badge>
  );
}

function RethinkBadge({ rethinks: { count, places }, onJump }: { rethinks: RethinkHealth; onJump: OnJump }) {
  return (
    <Badge name="Re-thinks" value={formatCount(count)} tone="none">
      <p>
        How often the thinking turns back on itself: “wait”, “let me check”, “alternatively”, 等等, 让我再看看 and their
        like. Words in code or quotation marks do not count; neighbours count once.
      </p>
      <Places label="" count={count} places={places.map(({ at, phrase }) => ({ at, text: phrase }))} onJump={onJump} />
      <Source>
        After the “aha moment” of R1-Zero: arXiv:2501.12948, section 2.2.4. Which words count is our own list.
      </Source>
    </Badge>
  );
}

function Badge(props: {
  name: string;
  value: string;
  /** Nothing to see, worth a look, or neither good nor bad. */
  tone: 'fine' | 'notable' | 'none';
  children: ReactNode;
}) {
  return (
    <li className="inline-flex">
      <HoverCard
        className="health-badge"
        trigger={
          <>
            <span aria-hidden="true" className="health-dot" data-tone={props.tone} />
            <span>
              {props.name} <strong>{props.value}</strong>
            </span>
          </>
        }
      >
        <div className="health-card">
          <h4>{props.name}</h4>
          {props.children}
        </div>
      </HoverCard>
    </li>
  );
}

function Places(props: { label: string; count: number; places: { at: number; text: string }[]; onJump: OnJump }) {
  const { label, count, places, onJump } = props;
  if (places.length === 0) return null;
  return (
    <div>
      {label !== '' && <p>{label}:</p>}
      <div className="health-places">
        {places.map(({ at, text }) =>
          onJump ? (
            <button key={at} type="button" className="health-place" onClick={() => onJump(at)}>
              {text}
            </button>
          ) : (
            <span key={at} className="health-place">
              {text}
            </span>
          ),
        )}
        {count > places.length && <span className="health-place">and {count - places.length} more</span>}
      </div>
    </div>
  );
}

function Source({ children }: { children: ReactNode }) {
  return <p className="health-source">{children}</p>;
}

/** A language by its code, or a script by its name. */
function languageName(code: string): string {
  if (code.length > 3) return `${code} script`;
  try {
    return new Intl.DisplayNames(language, { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
