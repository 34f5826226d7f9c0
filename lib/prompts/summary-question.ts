import type { TakenTurn } from '../window-room.ts';

const request =
  'Summarise the conversation below, so that it can be gone on with from your summary alone: what was wanted, what was found, all names, numbers and decisions that matter, and what is still open. Write only the summary.';

/**
 * A question that asks for a summary of a conversation too long for its window. The latest turns are told whole, as many as
 * there is room for; of those before it is said how many were left out.
 * @param most UTF-16 units that the turns may take
 */
export function summaryQuestion(turns: readonly Pick<TakenTurn, 'question' | 'answer'>[], most: number): string {
  const told: string[] = [];
  let room = most;
  for (const { question, answer } of turns.toReversed()) {
    const turn = `Question: ${question.trim()}\n\nAnswer: ${answer.trim() || '(none)'}`;
    if (told.length > 0 && turn.length > room) break;
    told.unshift(turn.length > room ? `${turn.slice(0, Math.max(0, room)).toWellFormed()} […]` : turn);
    room -= turn.length;
  }
  const missing = turns.length - told.length;
  const before = missing === 0 ? [] : [`[${missing} earlier ${missing === 1 ? 'turn is' : 'turns are'} left out.]`];
  return [request, ...before, ...told].join('\n\n---\n\n');
}
