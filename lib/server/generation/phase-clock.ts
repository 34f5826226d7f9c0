import type { PartKind, Phase, PhaseTimes, SplitEvent } from '../../stream-part.ts';

/**
 * Keeps when thinking and answering began and ended, from the splitter's events. Text that is re-labelled takes its
 * times along: a thought recognised late has been a thought from its first character on.
 */
export interface PhaseClock {
  /** Of the attempt that answers: a later call wins. */
  markFirstByte(at: number): void;
  /** Takes events that happened at `at`; answers the phase and times when either changed. */
  advance(events: readonly SplitEvent[], at: number): { phase: Phase; times: PhaseTimes } | undefined;
  times(): PhaseTimes;
  /** Closes the last open phase. */
  end(at: number): PhaseTimes;
}

export function createPhaseClock(): PhaseClock {
  const segments: { kind: PartKind; first: number; last: number; gone: boolean }[] = [];
  let firstByte: number | undefined;
  let ended: number | undefined;
  let told = '';

  const times = (): PhaseTimes => {
    const live = segments.filter((s) => !s.gone);
    const reasoning = live.filter((s) => s.kind === 'reasoning');
    const firstReasoning = reasoning[0];
    const firstAnswer = live.find((s) => s.kind === 'answer');
    const lastReasoning = reasoning.at(-1);
    const after = lastReasoning && live[live.indexOf(lastReasoning) + 1];
    const reasoningEnd = after ? after.first : ended;
    return {
      ...(firstByte !== undefined && { firstByte }),
      ...(firstReasoning && { reasoningStart: firstReasoning.first }),
      ...(firstReasoning && reasoningEnd !== undefined && { reasoningEnd }),
      ...(firstAnswer && { answerStart: firstAnswer.first }),
      ...(ended !== undefined && { end: ended }),
    };
  };
  const phase = (): Phase => (segments.at(-1)?.kind === 'reasoning' ? 'thinking' : 'answering');

  return {
    markFirstByte(at) {
      firstByte = at;
    },
    advance(events, at) {
      let structure = false; // most events only lengthen the last segment, which changes nothing that is told
      for (const event of events) {
        const segment = segments[event.seg];
        if (event.type === 'delta') {
          if (segment) segment.last = at;
          else segments[event.seg] = { kind: event.kind, first: at, last: at, gone: false };
          structure ||= !segment;
        } else if (segment) {
          if (event.type === 'reclassify') segment.kind = event.kind;
          else segment.gone = event.length === 0;
          structure = true;
        }
      }
      if (!structure) return undefined;
      const now = { phase: phase(), times: times() };
      const words = JSON.stringify(now);
      if (words === told) return undefined;
      told = words;
      return now;
    },
    times,
    end(at) {
      ended ??= at;
      return times();
    },
  };
}
