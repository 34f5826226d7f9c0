'use client';

import { useRef } from 'react';
import { Popover } from '../../ui/popover.tsx';
import { showMessage } from '../turn-places.ts';
import { FigureRows } from './figure-rows.tsx';
import { rowsOfTurn, type TurnFigures } from './turn-figures.ts';

/** How high the highest bar is, in px. */
const barHeight = 26;

/** One turn as a bar, thinking under answer; a press goes to it, and its figures are told on hover and focus. */
export function TurnBar(props: {
  turn: TurnFigures;
  number: number;
  /** Tokens of the highest bar. */
  most: number;
  tabIndex: number;
  /** Far out of view it is only as wide as it would be. */
  far: boolean;
  told: boolean;
  onTell: (shown: boolean) => void;
  onFocus: () => void;
}) {
  const { turn, number, most, told, onTell } = props;
  const anchor = useRef<HTMLButtonElement>(null);
  const rows = rowsOfTurn(turn);
  const words = rows.map(([name, value]) => `${name} ${value}`).join(', ');
  const part = `block forced-color-adjust-none ${turn.running ? 'animate-breath' : ''}`;
  const height = (tokens: number) => `${tokens > 0 ? Math.max(1.5, (barHeight * tokens) / most) : 0}px`;
  return (
    <>
      <button
        ref={anchor}
        type="button"
        // wider than it looks, so that a pointer finds it
        className="flex h-8 max-w-5.5 flex-[1_0_7px] flex-col justify-end gap-px rounded-sm px-0.5 py-0.5 hover:bg-ink/7 focus-visible:bg-ink/7 pointer-coarse:h-10 pointer-coarse:basis-3.5"
        tabIndex={props.tabIndex}
        data-running={turn.running || undefined}
        aria-label={`Go to turn ${number}, ${turn.question}: ${words}`}
        onPointerEnter={(event) => event.pointerType === 'mouse' && onTell(true)}
        onPointerLeave={() => onTell(false)}
        onFocus={(event) => {
          props.onFocus();
          if (event.currentTarget.matches(':focus-visible')) onTell(true);
        }}
        onBlur={() => onTell(false)}
        onClick={() => showMessage(turn.questionId)}
      >
        {!props.far && (
          <>
            <i className={`${part} bg-answer`} style={{ height: height(turn.answerTokens) }} />
            <i className={`${part} bg-thinking`} style={{ height: height(turn.reasoningTokens) }} />
          </>
        )}
      </button>
      {told && (
        <Popover
          anchor={anchor}
          mode="manual"
          prefer="above"
          className="token-strip-card pointer-events-none w-64 max-w-[calc(100vw-1rem)] px-3 py-2.5 text-xs"
          onClose={() => onTell(false)}
        >
          <p className="mb-1.5 wrap-anywhere">
            <b className="mr-1 font-medium text-ink-muted">{number}</b> {turn.question}
          </p>
          <FigureRows rows={rows} swatches />
          <Remarks turn={turn} />
        </Popover>
      )}
    </>
  );
}

function Remarks({ turn: { estimated, copied, running } }: { turn: TurnFigures }) {
  if (!estimated && !copied) return null;
  return (
    <p className="mt-1.5 text-ink-muted">
      {estimated && (running ? 'Estimated while it runs. ' : 'Estimated by length. ')}
      {copied && 'A copy: its tokens were spent elsewhere.'}
    </p>
  );
}
