import type { Transcript } from '../transcript.ts';

/** A plain fact: R1 often leaves its thinking empty for one. */
const r1 = {
  reasoning: '',
  answer: 'The capital of France is **Paris**.',
};

const zero = {
  reasoning:
    'The user asks for the capital of France. This is not a computation, it is a fact. The capital is Paris. Let me check: the largest city is Paris, the government is in Paris. Yes, Paris.',
  answer: 'Paris',
};

export const capital: Transcript = {
  question: 'capital',
  recordings: { r1, 'r1-field': r1, 'r1-zero': zero, v3: r1 },
};
