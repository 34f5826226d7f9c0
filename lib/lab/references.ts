export const benchmarkNames = {
  aime: 'AIME 2024',
  math: 'MATH-500',
  gpqa: 'GPQA Diamond',
  livecode: 'LiveCodeBench',
} as const satisfies Record<string, string>;
export type Benchmark = keyof typeof benchmarkNames;

/** What a paper told of a model, in percent. */
export interface Reference {
  id: string;
  name: string;
  /** Accuracy of one sample: pass@1. */
  single: Partial<Record<Benchmark, number>>;
  /** AIME 2024 with a vote. */
  vote?: { of: string; value: number };
  source: string;
}

const paper = 'DeepSeek-R1, arXiv:2501.12948';

/**
 * Figures of the papers, to be drawn faintly beside one's own. R1-Zero stands twice, because its paper does: 71.0 on AIME in
 * the first version, 77.9 in Nature.
 */
export const references: readonly Reference[] = [
  {
    id: 'r1-zero-v1',
    name: 'R1-Zero (arXiv v1)',
    single: { aime: 71.0, math: 95.9, gpqa: 73.3, livecode: 50.0 },
    vote: { of: 'cons@64', value: 86.7 },
    source: `${paper} v1, January 2025`,
  },
  {
    id: 'r1-zero-nature',
    name: 'R1-Zero (Nature)',
    single: { aime: 77.9, math: 95.9, gpqa: 75.8, livecode: 50.0 },
    vote: { of: 'cons@16', value: 86.7 },
    source: 'DeepSeek-R1, Nature, September 2025',
  },
  { id: 'r1', name: 'R1', single: { aime: 79.8, math: 97.3, gpqa: 71.5, livecode: 65.9 }, source: paper },
  { id: 'v3', name: 'V3', single: { aime: 39.2, math: 90.2, gpqa: 59.1 }, source: paper },
  { id: 'o1-mini', name: 'o1-mini', single: { aime: 63.6, math: 90.0, gpqa: 60.0, livecode: 53.8 }, source: paper },
  { id: 'o1', name: 'o1-1217', single: { aime: 79.2, math: 96.4, gpqa: 75.7, livecode: 63.4 }, source: paper },
  ...(
    [
      ['Qwen 1.5B', 28.9, 52.7, 83.9, 33.8, 16.9],
      ['Qwen 7B', 55.5, 83.3, 92.8, 49.1, 37.6],
      ['Qwen 14B', 69.7, 80.0, 93.9, 59.1, 53.1],
      ['Qwen 32B', 72.6, 83.3, 94.3, 62.1, 57.2],
      ['Llama 8B', 50.4, 80.0, 89.1, 49.0, 39.6],
      ['Llama 70B', 70.0, 86.7, 94.5, 65.2, 57.5],
    ] as const
  ).map(([name, aime, vote, math, gpqa, livecode]) => ({
    id: `distill-${name}`,
    name: `Distill ${name}`,
    single: { aime, math, gpqa, livecode },
    vote: { of: 'cons@64', value: vote },
    source: paper,
  })),
];
