import { cleanName } from '../../calls/errors.ts';

const quantities = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
] as const;

/** What llama.cpp tells of a model's file: "8.0B · Q4_K_M · 4.9 GB"; undefined where it tells none of it. */
export function sizeNote({ n_params, ftype, size }: Record<string, unknown>): string | undefined {
  const facts = [shortCount(n_params), quantizationOf(ftype), bytesWords(size)].filter((fact) => fact !== undefined);
  return facts.length > 0 ? facts.join(' · ') : undefined;
}

/** As model names have it: 7.6B, 607K. */
function shortCount(value: unknown): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 1) return undefined;
  const [unit, letter] = quantities.find(([from]) => value >= from) ?? [1, ''];
  const shown = value / unit;
  return `${shown < 10 ? shown.toFixed(1) : Math.round(shown)}${letter}`;
}

/** "Q4_K - Medium" as file names have it: Q4_K_M. */
function quantizationOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const name = cleanName(value)
    .replace(/^all /, '')
    .replace(/ - (S|M|L)(mall|edium|arge)$/, '_$1');
  return name.slice(0, 30);
}

function bytesWords(value: unknown): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return undefined;
  return value >= 1e9 ? `${(value / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(value / 1e6))} MB`;
}
