'use client';

import type { ReactNode } from 'react';
import type { FormatHealth, Health, LanguageHealth, RepetitionHealth, RethinkHealth } from '../../lib/health.ts';
import { describeFormatProblem } from '../../lib/reasoning/format-words.ts';
import { formatCount, formatCounted, formatShare } from '../../lib/quantity-words.ts';
import { expectedLanguage, type HealthSign, healthSignsOf, languageName } from '../words/health-words.ts';
import { HoverCard } from '../ui/popover.tsx';

function signOf(health: Health): HealthSign | undefined {
  return healthSignsOf(health)[0];
}

type OnJump = ((offset: number) => void) | undefined;

/**
 * Four signs of how a thought went, each explained on hover, focus or press.
 * @param props.onJump shows a place of the thinking, told as an offset into it in UTF-16 units; without it places are named only.
 */
export function HealthBadges({ health, onJump }: { health: Health; onJump?: (offset: number) => void }) {
  const { format, language, repetition, rethinks } = health;
  return (
    <ul className="health-badges flex flex-wrap gap-x-1.5 gap-y-1" aria-label="Health of the thinking">
      {format && <FormatBadge format={format} />}
      {language && <LanguageBadge language={language} onJump={onJump} />}
      {repetition && <RepetitionBadge repetition={repetition} onJump={onJump} />}
      {rethinks && <RethinkBadge rethinks={rethinks} onJump={onJump} />}
    </ul>
  );
}

function FormatBadge({ format }: { format: FormatHealth }) {
  const { basis, problems } = format;
  const words = problems.map(describeFormatProblem);
  return (
    <Badge sign={signOf({ format })}>
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

function LanguageBadge({ language, onJump }: { language: LanguageHealth; onJump: OnJump }) {
  const { expected, words, mixed, mixedCount } = language;
  const name = expectedLanguage(expected);
  return (
    <Badge sign={signOf({ language })}>
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
    <Badge sign={signOf({ repetition })}>
      <p>
        {formatShare(share)} of the thinking’s {formatCount(total)} runs of {n} words had been there before: 1 −
        different runs ÷ runs. Long thoughts have more of it by nature.
      </p>
      {loop && (
        <>
          <p>Said {loop.times} times, without anything between:</p>
          <blockquote className="border-l-2 border-think-line pl-2.5 wrap-anywhere text-think-ink">
            {loop.text}
          </blockquote>
          {onJump && <Places label="" count={1} places={[{ at: loop.at, text: 'Show where' }]} onJump={onJump} />}
        </>
      )}
      <Source>seq-rep-{n} of Welleck et al.: arXiv:1908.04319, section 6.1.</Source>
    </Badge>
  );
}

function RethinkBadge({ rethinks, onJump }: { rethinks: RethinkHealth; onJump: OnJump }) {
  const { count, places } = rethinks;
  return (
    <Badge sign={signOf({ rethinks })}>
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

/** Told apart by its shape too. */
const toneLook: Record<HealthSign['tone'], string> = {
  fine: 'rounded-full bg-accent',
  notable: 'rotate-45 bg-danger',
  none: 'rounded-full border-[1.5px] border-ink-muted',
};

function Badge({ sign, children }: { sign: HealthSign | undefined; children: ReactNode }) {
  if (!sign) return null;
  return (
    <li className="inline-flex">
      <HoverCard
        className="group inline-flex items-center gap-1.5 rounded-full border border-line px-2 text-xs/5 whitespace-nowrap text-ink-muted hover:border-ink/25 hover:text-ink aria-expanded:border-ink/25 aria-expanded:text-ink pointer-coarse:min-h-9 pointer-coarse:px-3"
        trigger={
          <>
            <span
              aria-hidden="true"
              className={`size-1.75 flex-none forced-color-adjust-none ${toneLook[sign.tone]}`}
            />
            <span>
              {sign.name} <strong className="font-semibold text-ink tabular-nums">{sign.value}</strong>
            </span>
          </>
        }
      >
        <div className="flex flex-col gap-2 text-ink">
          <h3 className="font-semibold">{sign.name}</h3>
          {children}
        </div>
      </HoverCard>
    </li>
  );
}

const placeLook = 'health-place rounded-sm bg-sunken px-1.75 py-0.5 text-left text-xs text-ink';

function Places(props: { label: string; count: number; places: { at: number; text: string }[]; onJump: OnJump }) {
  const { label, count, places, onJump } = props;
  if (places.length === 0) return null;
  return (
    <div>
      {label !== '' && <p>{label}:</p>}
      <div className="-m-0.75 flex max-h-36 flex-wrap gap-1 overflow-y-auto p-0.75">
        {places.map(({ at, text }) =>
          onJump ? (
            <button
              key={at}
              type="button"
              className={`${placeLook} hover:bg-accent-soft hover:text-accent`}
              onClick={() => onJump(at)}
            >
              {text}
            </button>
          ) : (
            <span key={at} className={placeLook}>
              {text}
            </span>
          ),
        )}
        {count > places.length && <span className={placeLook}>and {count - places.length} more</span>}
      </div>
    </div>
  );
}

function Source({ children }: { children: ReactNode }) {
  return <p className="text-xs text-ink-muted">{children}</p>;
}
