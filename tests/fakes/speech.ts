import { chunk, doneStep, type FakeResponse, type FakeStep } from './provider.ts';

/** A model's answer that a test says piece by piece. */
export interface Speech {
  response: FakeResponse;
  /** One delta of thinking, in the field for it. */
  think(text: string): void;
  /** One delta of the answer. */
  answer(text: string): void;
  step(step: FakeStep): void;
  /** The last chunk, with the tokens if they are told, and the end of the stream. */
  end(reason?: string, tokens?: { reasoning: number; answer: number }): void;
}

/** A speech with nothing said yet. */
export function createSpeech(): Speech {
  const said: FakeStep[] = [chunk({ role: 'assistant', content: '' })];
  let ended = false;
  let more = Promise.withResolvers<void>();

  async function* steps(): AsyncGenerator<FakeStep> {
    for (;;) {
      for (let next = said.shift(); next; next = said.shift()) yield next;
      if (ended) return;
      await more.promise;
      more = Promise.withResolvers();
    }
  }
  const step = (next: FakeStep) => {
    said.push(next);
    more.resolve();
  };
  return {
    response: { steps: steps() },
    step,
    think: (text) => step(chunk({ reasoning_content: text })),
    answer: (text) => step(chunk({ content: text })),
    end(reason = 'stop', tokens) {
      step(chunk({}, reason));
      if (tokens) {
        const { reasoning, answer } = tokens;
        const usage = {
          prompt_tokens: 10,
          completion_tokens: reasoning + answer,
          total_tokens: 10 + reasoning + answer,
          completion_tokens_details: { reasoning_tokens: reasoning },
        };
        step({ event: { choices: [], usage } });
      }
      ended = true;
      step(doneStep);
    },
  };
}
