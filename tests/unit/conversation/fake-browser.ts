/** What a conversation's store needs of a browser: event streams that the test speaks through, a network, frames, a window. */
export class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeEventSource[] = [];
  readyState = 1;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    FakeEventSource.opened.push(this);
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED;
  }

  say(type: string, data: unknown, lastEventId = ''): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }));
  }

  /** A status other than 200. */
  refuse(): void {
    this.close();
    this.dispatchEvent(new Event('error'));
  }
}

export interface SentRequest {
  method: string;
  path: string;
  body: unknown;
}

/**
 * What the server answers; a `Response` as it is, anything else as JSON. All that was sent is kept, but for the question
 * whether it is there.
 */
export const network = {
  /** Nothing is answered at all. */
  isAway: false,
  respond: ((): unknown => undefined) as (method: string, path: string, body: unknown) => unknown,
  sent: [] as SentRequest[],
};

export const documentOfTest = Object.assign(new EventTarget(), {
  hidden: false,
  documentElement: { dataset: { build: 'of the test' } },
});
export const windowOfTest = new EventTarget();

Object.assign(globalThis, {
  EventSource: FakeEventSource,
  document: documentOfTest,
  window: windowOfTest,
  requestAnimationFrame: (draw: () => void) => setImmediate(draw),
  cancelAnimationFrame: (frame: NodeJS.Immediate) => clearImmediate(frame),
  fetch: async (path: string, init: { method: string; body?: string }) => {
    if (network.isAway) throw new TypeError('Failed to fetch');
    if (path === '/api/build') return Response.json({ build: 'of the test' });
    const request = { method: init.method, path, body: init.body && JSON.parse(init.body) };
    network.sent.push(request);
    const answer = await network.respond(request.method, path, request.body);
    return answer instanceof Response ? answer : Response.json(answer ?? null);
  },
});

/** A browser that has seen nothing yet. */
export function resetBrowser(): void {
  FakeEventSource.opened = [];
  network.isAway = false;
  network.respond = () => undefined;
  network.sent = [];
}

/** The stream that was opened last; there must be one. */
export function stream(): FakeEventSource {
  const source = FakeEventSource.opened.at(-1);
  if (!source) throw new Error('No stream was opened.');
  return source;
}

export const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await settle();
}
