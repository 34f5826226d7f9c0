import { createFakeProvider } from '../fakes/provider.ts';
import { createSpeech, type Speech } from '../fakes/speech.ts';
import { test as base } from './support.ts';

const speeches = new Map<string, Speech>();

/** The provider says what a test makes it say. */
export const test = base.extend<object, object>({
  provider: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from it
    async ({}, use) => {
      const provider = await createFakeProvider({
        respond: ({ json }) =>
          speeches.get(json.messages?.findLast(({ role }) => role === 'user')?.content ?? '')?.response,
      });
      await use(provider);
      await provider.close();
    },
    { scope: 'worker' },
  ],
});

/** What the answer to this question is said with, from now on. */
export function speechFor(question: string): Speech {
  const speech = createSpeech();
  speeches.set(question, speech);
  return speech;
}
