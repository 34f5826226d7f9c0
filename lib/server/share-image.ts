import { createRequire } from 'node:module';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../errors.ts';
import type { ShareSnapshot } from '../share.ts';
import { thinkingTokensOf } from '../share.ts';
import type { ImageRequest, ImageResponse, ImageWorkerData, ShareImage } from './share-image-worker.ts';

type Png = Uint8Array<ArrayBuffer>;

/** A thread that nobody has needed for so long gives its memory back. */
const restAfterMs = 60_000;
/** Images that wait to be drawn; more are refused. */
const maxWaiting = 32;
const maxKept = 64;
/** Of the question, in characters: more than there is room for. */
const maxQuestion = 400;

interface Waiting {
  resolve: (png: Png) => void;
  reject: (error: Error) => void;
}

const waiting = new Map<number, Waiting>();
const kept = new Map<string, Promise<Png>>();
let worker: Worker | undefined;
let rest: ReturnType<typeof setTimeout> | undefined;
let lastId = 0;

/**
 * The image of an open share as PNG, 1200 by 630: its question, its models, and how long they thought. It says nothing
 * that the page does not say.
 * @throws AppError `unavailable` when it cannot be drawn now.
 */
export function drawShareImage(id: string, snapshot: ShareSnapshot): Promise<Png> {
  const known = kept.get(id);
  if (known) return known;
  const drawn = drawInThread(imageOf(snapshot));
  kept.set(id, drawn);
  drawn.catch(() => kept.delete(id));
  const [oldest] = kept.keys();
  if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
  return drawn;
}

function imageOf({ columns }: ShareSnapshot): ShareImage {
  const question = columns[0]?.messages[0];
  return {
    question:
      question?.role === 'user'
        ? Array.from(question.text.trim().replace(/\s+/g, ' ')).slice(0, maxQuestion).join('')
        : '',
    columns: columns.map((column) => {
      const thinkingTokens = thinkingTokensOf(column);
      const answers = column.messages.flatMap((message) => (message.role === 'assistant' ? [message] : []));
      return {
        model: column.model,
        ...(thinkingTokens !== undefined && {
          thinkingTokens,
          answerTokens: answers.reduce((sum, { numbers }) => sum + (numbers?.answerTokens ?? 0), 0),
        }),
      };
    }),
  };
}

function drawInThread(image: ShareImage): Promise<Png> {
  if (waiting.size >= maxWaiting) {
    return Promise.reject(new AppError('unavailable', 'Many images are being drawn. Try again in a moment.'));
  }
  return new Promise((resolve, reject) => {
    const id = ++lastId;
    waiting.set(id, { resolve, reject });
    try {
      const thread = start();
      thread.ref();
      thread.postMessage({ id, image } satisfies ImageRequest);
    } catch (error) {
      waiting.delete(id);
      reject(failed(error));
    }
  });
}

function start(): Worker {
  clearTimeout(rest);
  if (worker) return worker;
  const thread = new Worker(new URL('./share-image-worker.ts', import.meta.url), { workerData: findFiles() });
  thread.on('message', answered);
  thread.on('error', (error) => {
    if (worker === thread) end(failed(error));
  });
  worker = thread;
  return thread;
}

/** Where npm put what it draws with: data and programs that a bundler must not copy. */
function findFiles(): ImageWorkerData {
  const { resolve: find } = createRequire(path.resolve('package.json'));
  const folder = (name: string) => path.dirname(find(`@fontsource-variable/${name}/unicode.json`));
  return {
    fontLibrary: find('fontkit'),
    rasterLibrary: find('@resvg/resvg-wasm'),
    rasterWasm: find('@resvg/resvg-wasm/index_bg.wasm'),
    fonts: { serif: folder('source-serif-4'), sans: folder('inter'), han: folder('noto-sans-sc') },
  };
}

function answered(response: ImageResponse): void {
  const one = waiting.get(response.id);
  waiting.delete(response.id);
  if ('png' in response) one?.resolve(response.png);
  else one?.reject(failed(response.error));
  if (waiting.size > 0) return;
  worker?.unref();
  rest = setTimeout(() => end(failed('it rests')), restAfterMs);
  rest.unref();
}

function end(reason: Error): void {
  const thread = worker;
  worker = undefined;
  for (const { reject } of waiting.values()) reject(reason);
  waiting.clear();
  void thread?.terminate();
}

function failed(cause: unknown): AppError {
  if (waiting.size > 0) console.error('share: the image was not drawn;', String(cause));
  return new AppError('unavailable', 'The image cannot be drawn at the moment.', { cause });
}
