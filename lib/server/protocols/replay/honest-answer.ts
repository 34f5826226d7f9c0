import { replayModels } from './models.ts';
import type { QuestionKey } from './questions.ts';
import { findRecording, listQuestions } from './recordings.ts';
import type { Recording, ReplayModelKey } from './transcript.ts';

/** What a recording says to a question it does not hold: what it is, what it can do, and how to get a live model. */
export function createHonestAnswer(model: ReplayModelKey, question: QuestionKey | undefined): Recording {
  return { reasoning: '', answer: renderHonestAnswer(model, question), tokensPerSecond: 150 };
}

function renderHonestAnswer(model: ReplayModelKey, question: QuestionKey | undefined): string {
  return `**I’m a recording, not a live model.** I can’t think about new questions: I can only replay what was written down beforehand${question ? `, and this question was recorded for ${renderOthers(question)}, but not for me` : ''}.

Ask me one of these, and you’ll see how a model of this kind thinks and answers:

${listQuestions(model)
  .map((text) => `- ${text}`)
  .join('\n')}

To ask anything you like, connect a real model:

1. **On this machine, without a key:** install [Ollama](https://ollama.com), run \`ollama pull deepseek-r1:8b\`, then press **Look again** in the list of models.
2. **Hosted:** open **Settings** (the gear below the conversations) and add a provider with your key. For everyone who uses this server, put the key into \`.env.local\`, for example \`DEEPSEEK_API_KEY=…\`, and restart it.

Then choose the model below the question and ask again.`;
}

function renderOthers(question: QuestionKey): string {
  const labels = replayModels.filter(({ key }) => findRecording(key, question)).map(({ label }) => `“${label}”`);
  return labels.length < 2 ? labels.join('') : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`;
}
