import { formatCount, formatShare } from '../../lib/quantity-words.ts';
import { ScrollTable } from '../ui/scroll-table.tsx';
import type { RankedSample } from './group-sample.ts';

const head = ['Sample', 'Answer', 'Accuracy', 'Format', 'Language', 'Reward', 'Advantage', 'Tokens'];
const cell = 'px-2 py-1.5 text-right whitespace-nowrap first:pl-3 first:text-left last:pr-3 nth-2:text-left';

/** The samples of a group with their rewards, those that would be pushed up most first. */
export function RewardTable({ samples, onOpen }: { samples: readonly RankedSample[]; onOpen?: (id: string) => void }) {
  const most = Math.max(...samples.map(({ advantage }) => Math.abs(advantage)), 1e-9);
  return (
    <ScrollTable
      label="Rewards by sample"
      head={head}
      className="max-h-120 overflow-auto rounded-md border border-line"
      headClassName={`sticky top-0 z-1 bg-sunken font-medium ${cell}`}
    >
      {[...samples]
        .sort((a, b) => b.advantage - a.advantage)
        .map((sample) => (
          <tr key={sample.id} className="border-t border-line">
            <th scope="row" className={`font-medium ${cell}`}>
              {onOpen ? (
                <button
                  type="button"
                  className="text-accent underline-offset-2 hover:underline pointer-coarse:min-h-10"
                  onClick={() => onOpen(sample.id)}
                >
                  {sample.name}
                </button>
              ) : (
                sample.name
              )}
            </th>
            <td className={`max-w-40 truncate ${cell}`}>{sample.said}</td>
            <td className={cell}>{sample.rewards.accuracy}</td>
            <td className={cell}>{sample.rewards.format ?? '–'}</td>
            <td className={cell}>
              {sample.rewards.language === undefined ? '–' : formatShare(sample.rewards.language)}
            </td>
            <td className={cell}>{Number(sample.reward.toFixed(2))}</td>
            <td className={cell}>
              <Push advantage={sample.advantage} most={most} />
            </td>
            <td className={cell}>{formatCount(sample.tokens)}</td>
          </tr>
        ))}
    </ScrollTable>
  );
}

/** An advantage as a bar from the middle: to the right it is pushed up, to the left down. */
function Push({ advantage, most }: { advantage: number; most: number }) {
  const width = `${(Math.abs(advantage) / most) * 50}%`;
  const isUp = advantage > 0;
  return (
    <span className="flex items-center justify-end gap-2">
      <span className="relative h-2 w-20 rounded-full bg-ink/5 forced-color-adjust-none" aria-hidden>
        <span
          className={`absolute inset-y-0 rounded-full ${isUp ? 'left-1/2 bg-good' : 'right-1/2 bg-danger'}`}
          style={{ width }}
        />
      </span>
      <span className="w-13">{advantageWords(advantage)}</span>
      <span className="sr-only">{isUp ? 'pushed up' : advantage < 0 ? 'pushed down' : 'not pushed'}</span>
    </span>
  );
}

/** "+1.732", "−0.577", "0". */
export function advantageWords(advantage: number): string {
  if (advantage === 0) return '0';
  return `${advantage > 0 ? '+' : '−'}${Math.abs(advantage).toFixed(3)}`;
}
