/** The desk in a thread of its own: it works without pause, and nobody else is to wait for it. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { parentPort } from 'node:worker_threads';
import { type Call, Desk, type DeskEvent } from './desk.ts';

export type DeskRequest =
  | { type: 'take'; id: number; call: Call }
  | { type: 'drop'; id: number }
  | { type: 'end-thinking'; id: number };

export interface DeskResponse {
  id: number;
  event: DeskEvent;
}

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread.');

// Linux has a priority for each thread: others' answers are passed on before a text here is written.
if (process.platform === 'linux') os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);

const desk = new Desk((path) => readFileSync(path));

port.on('message', (request: DeskRequest) => {
  const { id } = request;
  if (request.type === 'drop') desk.drop(id);
  else if (request.type === 'end-thinking') desk.endThinking(id);
  else desk.take(id, request.call, (event) => port.postMessage({ id, event } satisfies DeskResponse));
});
