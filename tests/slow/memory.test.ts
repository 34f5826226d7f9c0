import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { chunk, createFakeProvider, doneStep, type FakeStep } from '../fakes/provider.ts';
import { useRoutes } from '../fakes/routes.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Questions of these tests: so many deltas of so many characters, and then silence until `go`. */
interface Case {
  deltas: number;
  length: number;
}

const cases = new Map<string, Case>([
  ['a long text in long deltas', { deltas: 7_800, length: 500 }],
  ['a long text in short ones', { deltas: 60_000, length: 10 }],
]);
let gate = Promise.withResolvers<void>();

function* stepsOf({ deltas, length }: Case): Generator<FakeStep> {
  for (let i = 0; i < deltas; i++) yield chunk({ content: ` ${i % 1000}`.padEnd(length, ' abcdefgh') });
  yield { gate: gate.promise };
  yield chunk({}, 'stop');
  yield doneStep;
}

const provider = await createFakeProvider({
  respond: ({ json }) => {
    const asked = cases.get(json.messages?.at(-1)?.content ?? '') ?? { deltas: 100, length: 20 };
    return { steps: stepsOf(asked) };
  },
});
after(() => provider.close());
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
const model = { providerId: 'custom', modelKey: 'plain' };

/** The least that is held in some looks at it; what is only not collected yet does not count. */
async function heldBytes(isEnough: (bytes: number) => boolean = () => false): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 20 && !isEnough(least); look++) {
    await delay(200); // what has been written is merged and checkpointed by then
    collectGarbage();
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}

for (const [question, asked] of cases) {
  test(`${question} holds at most ten times itself while it is written`, async () => {
    const client = newClient();
    gate.resolve();
    const warm = await client.askNew(model, 'Warm up');
    await client.follow(warm.conversationId, warm.cursor);
    gate = Promise.withResolvers();
    const before = await heldBytes();

    const { conversationId, cursor } = await client.askNew(model, question);
    const length = asked.deltas * asked.length;
    let seen = 0;
    const allSeen = Promise.withResolvers<void>();
    const reading = (async () => {
      for await (const { event, data } of client.events(conversationId, cursor)) {
        if (event === 'delta') seen += (data.text as string).length;
        if (event === 'snapshot') {
          const { segments } = data.message as { segments: { text: string }[] };
          seen = segments.reduce((sum, { text }) => sum + text.length, 0);
        }
        if (seen >= length - 20) allSeen.resolve(); // blanks at the edges are trimmed
      }
    })();
    await allSeen.promise;
    const most = 10 * length;
    const grown = (await heldBytes((bytes) => bytes - before <= most)) - before;
    gate.resolve();
    await reading;
    assert.ok(grown <= most, `${(grown / length).toFixed(1)} times the text`);
  });
}
