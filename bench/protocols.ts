/**
 * What a token costs the process on its way through each protocol, from the bytes of a response to provider parts, without
 * a socket: `node bench/protocols.ts`. Each read of the body holds one token, as a model writes them.
 */
import type { ModelInfo } from '../lib/model.ts';
import { getProtocol } from '../lib/server/protocols/index.ts';
import { convertPresetModels, providerPresets } from '../lib/server/providers/presets.ts';

const tokens = 20_000;
const rounds = 7;
const minute = 60_000;
const limits = {
  connectMs: minute,
  firstByteMs: minute,
  firstByteLocalMs: minute,
  idleMs: minute,
  keepAliveOnlyMs: minute,
  totalMs: minute,
};

const sse = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const words = Array.from({ length: tokens }, (_, i) => ` word${i % 97}`);

/** The pieces in which each provider writes the same answer. */
const wires: Record<string, string[]> = {
  deepseek: [
    ...words.map((content) =>
      sse({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] }),
    ),
    sse({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    'data: [DONE]\n\n',
  ],
  anthropic: [
    sse({
      type: 'message_start',
      message: {
        id: 'm',
        type: 'message',
        role: 'assistant',
        model: 'c',
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    }),
    sse({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ...words.map((text) => sse({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    sse({ type: 'content_block_stop', index: 0 }),
    sse({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: tokens } }),
    sse({ type: 'message_stop' }),
  ],
  google: [
    ...words.map((text) => sse({ candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0 }] })),
    sse({ candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }] }),
  ],
};

function fetchOf(pieces: readonly Uint8Array[]): typeof globalThis.fetch {
  return async () => {
    let at = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          // Each token is a read of its own, as it is from a socket.
          await new Promise((resolve) => setImmediate(resolve));
          const piece = pieces[at++];
          if (piece) controller.enqueue(piece);
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}

/** Microseconds of CPU for each token. */
async function costOf(providerId: string): Promise<number> {
  const preset = providerPresets.find(({ id }) => id === providerId);
  const model: ModelInfo | undefined = preset && convertPresetModels(preset)[0];
  if (!preset || !model) throw new Error(`There is no preset ${providerId}.`);
  const encoder = new TextEncoder();
  const pieces = (wires[providerId] ?? []).map((piece) => encoder.encode(piece));
  const { id, label, dialect } = preset;
  const server = { id, label, baseURL: 'http://bench.invalid', apiKey: 'k', limits, fetch: fetchOf(pieces) };
  const adapter = getProtocol(preset.protocol).createAdapter({ ...server, ...(dialect && { dialect }) });
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let length = 0;
    const before = process.cpuUsage();
    const request = { model, messages: [{ role: 'user' as const, content: 'Hi' }], sampling: {} };
    for await (const part of adapter.ask({ ...request, signal: new AbortController().signal })) {
      if (part.type === 'content') length += part.text.length;
    }
    const { user, system } = process.cpuUsage(before);
    if (length !== words.join('').length) throw new Error(`${providerId}: ${length} characters came.`);
    times.push((user + system) / tokens);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
}

const ours = await costOf('deepseek');
console.log(`openai (DeepSeek)   ${ours.toFixed(1)} µs a token`);
for (const id of ['anthropic', 'google']) {
  const cost = await costOf(id);
  console.log(`ai-sdk (${id})`.padEnd(20), `${cost.toFixed(1)} µs a token, ${(cost / ours).toFixed(1)} times as much`);
}
