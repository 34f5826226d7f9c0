import { readFileSync } from 'node:fs';
import type { FakeResponse, FakeStep, ReceivedRequest } from './provider.ts';

const folder = new URL('../fixtures/providers/ai-sdk/', import.meta.url);

/** What a provider with a protocol of its own sent, by its documentation, and what is to come of it. */
export interface AiSdkRecording {
  file: string;
  /** The preset it is of. */
  provider: string;
  http: { status: number; headers: Record<string, string> };
  replay: { write: string; end: string };
  expect: {
    outcome: 'finish' | 'error';
    reasoning: string;
    answer: string;
    finish?: string;
    usage?: Record<string, number>;
    opaque?: { kind: string; text: string; data: unknown }[];
    error?: string;
    message?: string;
    retryAfter?: number;
  };
}

export const aiSdkRecordings: readonly AiSdkRecording[] = (
  JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as { fixtures: AiSdkRecording[] }
).fixtures;

export function readAiSdkRecording({ file }: AiSdkRecording): Buffer {
  return readFileSync(new URL(file, folder));
}

/** Answers `/<file without its ending>/…` as recorded; for a fake provider's `elsewhere`. */
export function replayAiSdk({ path }: ReceivedRequest): FakeResponse | undefined {
  const recording = aiSdkRecordings.find(({ file }) => path.startsWith(`/${file.replace(/\.\w+$/, '')}/`));
  if (!recording) return undefined;
  const lines = readAiSdkRecording(recording)
    .toString()
    .split(/(?<=\n)/);
  const steps: FakeStep[] = lines.map((line) => ({ write: line }));
  if (recording.replay.end === 'reset') steps.push({ end: 'truncate' });
  return { ...recording.http, steps };
}
