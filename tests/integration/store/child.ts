import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Store, StoreOptions } from '../../../lib/server/store/store.ts';
import { fullResult } from './samples.ts';
import type { Acknowledged } from './writer-process.ts';

const writer = fileURLToPath(new URL('./writer-process.ts', import.meta.url));

/** Runs a writer until it ends, or until it has said `killAfter` lines: then it is killed at once. What it said is the result. */
export async function runWriter(
  options: StoreOptions,
  task: { ownerId: string; count: number; killAfter?: number },
): Promise<{ acknowledged: Acknowledged[]; code: number | null }> {
  const child = spawn(process.execPath, [writer, JSON.stringify(options), task.ownerId, String(task.count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const acknowledged: Acknowledged[] = [];
  for await (const line of linesOf(child)) {
    acknowledged.push(JSON.parse(line) as Acknowledged);
    if (acknowledged.length === task.killAfter) child.kill('SIGKILL');
  }
  const [code] = (await exited) as [number | null];
  return { acknowledged, code };
}

async function* linesOf(child: ChildProcess): AsyncIterable<string> {
  assert.ok(child.stdout);
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.endsWith('}')) yield line; // the last one may be cut by the kill
  }
}

/** Everything that was acknowledged is there. */
export async function assertKept(store: Store, ownerId: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  for (const { conversationId, text, checkpointed, finished } of acknowledged) {
    const conversation = await store.conversations.find(ownerId, conversationId);
    const [question, answer] = conversation?.messages ?? [];
    assert.deepEqual(question?.parts, [{ kind: 'answer', text }]);
    if (finished) assert.deepEqual(answer?.parts, fullResult.parts);
    else if (checkpointed && answer?.generation?.state === 'running') assert.equal(answer.parts[0]?.text, checkpointed);
  }
}
