import type { ExportedMessage, ExportFile } from '../../lib/exported.ts';
import { createId } from '../../lib/ids.ts';

const noon = 1_790_000_000_000;

/** A chat of so many turns, as a file to bring in: a thought of a few lines and an answer with a list each. */
export function longConversation(turns: number): { file: ExportFile; questionIds: string[] } {
  const threadId = createId();
  const messages: ExportedMessage[] = [];
  const questionIds: string[] = [];
  for (let i = 1; i <= turns; i++) {
    const [questionId, answerId] = [createId(), createId()];
    const at = noon + i * 60_000;
    questionIds.push(questionId);
    messages.push({
      id: questionId,
      threadId,
      parentId: messages.at(-1)?.id ?? null,
      role: 'user',
      parts: [{ kind: 'answer', text: `Question ${i}: what comes after number ${i}?` }],
      createdAt: at,
    });
    messages.push({
      id: answerId,
      threadId,
      parentId: questionId,
      role: 'assistant',
      parts: [
        {
          kind: 'reasoning',
          text: `After ${i} comes the next.\n\nWait, let me check: ${i} + 1 = ${i + 1}. `.repeat(4),
        },
        { kind: 'answer', text: `It is **${i + 1}**, and needle-${i} lies here.\n\n- one\n- two\n- three` },
      ],
      createdAt: at,
      generation: {
        providerId: 'custom',
        modelKey: 'field-r1',
        modelId: 'field-r1',
        providerLabel: 'Fake server',
        modelLabel: 'field-r1',
        recording: false,
        sampling: {},
        queuedAt: at,
        times: { firstByte: 10, reasoningStart: 20, reasoningEnd: 4000, answerStart: 4000, end: 5000 },
        usage: { promptTokens: 20, reasoningTokens: 100, answerTokens: 20, source: 'reported' },
        notices: [],
        finish: { outcome: 'complete', reason: 'stop', rawReason: 'stop', complete: true },
      },
    });
  }
  const settings = { model: { providerId: 'custom', modelKey: 'field-r1' }, sampling: {} };
  const at = noon + turns * 60_000;
  const conversation = { id: createId(), title: `${turns} turns`, createdAt: noon, updatedAt: at };
  const conversations = [{ ...conversation, threads: [{ id: threadId, settings }], messages }];
  return { file: { format: 'thinkglass', version: 1, exportedAt: at, conversations }, questionIds };
}
