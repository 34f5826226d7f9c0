import type { Transcript } from '../transcript.ts';

/** A greeting: nothing to think about, so the block is empty. It says what it is, like everything recorded here should. */
const greeting = {
  reasoning: '',
  answer: String.raw`Hello! I’m a recording: there is no live model behind me, but I can show you how one thinks. Ask me one of the example questions and watch the thinking come in. How long do two people need for three codebases? Which box do you open when every label lies?`,
};

export const hello: Transcript = {
  question: 'hello',
  recordings: { r1: greeting, 'r1-field': greeting, v3: greeting },
};
