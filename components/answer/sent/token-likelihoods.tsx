import { useState } from 'react';
import type { TokenLikelihood } from '../../../lib/model.ts';
import { Loaded } from '../../client/loaded.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';

/** How likely each token of an answer was, in colour, and what else was likely in the place of one. */
export function TokenLikelihoods({ id }: { id: string }) {
  return (
    <Loaded<{ tokens: TokenLikelihood[] }> path={`/api/generations/${id}/likelihoods`}>
      {({ tokens }) => <Tokens tokens={tokens} />}
    </Loaded>
  );
}

function Tokens({ tokens }: { tokens: readonly TokenLikelihood[] }) {
  const [first] = useState(() => leastLikely(tokens));
  const [shown, setShown] = useState(first);
  const bits = tokens.reduce((sum, token) => sum + surpriseOf(token), 0);
  const passedOver = tokens.filter(({ text, top }) => top[0] && top[0].text !== text).length;
  const token = tokens[shown];
  return (
    <section
      className="grid gap-2 rounded-md border border-line px-3.5 py-3 text-sm"
      aria-label="How likely each token was"
    >
      <p className="text-pretty text-ink-muted">
        {tokens.length} tokens, {(bits / Math.max(1, tokens.length)).toFixed(2)} bits of surprise each; at {passedOver}{' '}
        of them another was likelier. The more colour, the less likely. As the model reads its text again, at
        temperature 1.
      </p>
      <Toolbar label="Tokens" className="max-h-48 overflow-y-auto p-1 font-mono text-xs/6">
        {tokens.map((each, at) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no other name, and never change places
            key={at}
            type="button"
            data-stop={at === first ? '' : undefined}
            className="rounded-xs px-0.5 whitespace-pre aria-pressed:outline-2 aria-pressed:outline-accent"
            style={{ backgroundColor: `color-mix(in srgb, var(--accent) ${shadeOf(each)}%, transparent)` }}
            aria-pressed={at === shown}
            aria-label={`${each.text.trim() || 'end'}, ${shareWords(each)}`}
            onFocus={() => setShown(at)}
            onMouseEnter={() => setShown(at)}
            onClick={() => setShown(at)}
          >
            {each.text}
          </button>
        ))}
      </Toolbar>
      {token && <Alternatives token={token} />}
    </section>
  );
}

function Alternatives({ token }: { token: TokenLikelihood }) {
  const isTold = token.top.some(({ text }) => text === token.text);
  const rows = isTold ? token.top : [...token.top, token];
  return (
    <table className="max-w-96 font-mono text-xs/5" aria-label="What was likely in its place">
      <tbody>
        {rows.map((row) => (
          <tr key={row.text} className={row.text === token.text ? 'font-semibold text-accent' : undefined}>
            <th className="w-24 text-left font-normal" scope="row">
              {row.text.trim()}
              {row.text === token.text && <span className="sr-only"> (chosen)</span>}
            </th>
            <td className="w-16 pr-3 text-right whitespace-nowrap tabular-nums">{shareWords(row)}</td>
            <td className="w-48">
              <div className="h-2 rounded-full bg-accent/60" style={{ width: `${Math.exp(row.logprob) * 100}%` }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function leastLikely(tokens: readonly TokenLikelihood[]): number {
  let least = 0;
  for (const [at, { logprob }] of tokens.entries()) if (logprob < (tokens[least]?.logprob ?? 0)) least = at;
  return least;
}

function surpriseOf({ logprob }: Pick<TokenLikelihood, 'logprob'>): number {
  return -logprob / Math.LN2;
}

/** In per cent of the accent; readable up to the last. */
function shadeOf(token: TokenLikelihood): number {
  return Math.round(Math.min(1, surpriseOf(token) / 6) * 45);
}

function shareWords({ logprob }: Pick<TokenLikelihood, 'logprob'>): string {
  const share = Math.exp(logprob) * 100;
  return share < 0.1 ? '< 0.1 %' : `${share.toFixed(1)} %`;
}
