/** What the sampler in the page has seen; times in ms. */
export interface Samples {
  /** From the provider's write of a stamp to the first frame that shows it, in order of writing. */
  lags: number[];
  /** From a key press (the browser's own time of it) to the frame after it. */
  keys: number[];
  longTasks: number[];
  /** Frames, and between the first and the last of them. */
  frames: number;
  framesMs: number;
  worstFrame: number;
  /** Elements in the document, at most. */
  elements: number;
  /** The sampler's own script. */
  ownMs: number;
  /** Looks at which the end of a text was not in sight. */
  outOfSight: number;
  looks: number;
}

interface Sampler {
  begin(): void;
  end(): Samples;
  /** From the start of the navigation to the frame that shows this text in the document; undefined until then. */
  shownAt: Record<string, number>;
}

declare global {
  interface Window {
    sampler: Sampler;
  }
}

/**
 * Runs in the page before its own scripts. After each painted frame (a message posted from a frame's callback arrives
 * behind its painting) it reads the end of each text in the document and looks for stamps it has not seen.
 * @param marks texts whose first showing is noted from the start on.
 */
export function installSampler(marks: string[]): void {
  const texts = document.getElementsByClassName('answer');
  const channel = new MessageChannel();
  const seen = new Map<number, number>();
  let samples: Samples | undefined;
  let frames: number[] = [];
  let asked = 0;
  const shownAt: Record<string, number> = {};

  const clock = () => Math.round(performance.timeOrigin + performance.now()) % 1e8;

  /** The text in front of an element's end, read backwards until `enough` says so. */
  function readEnd(root: Element, enough: (text: string) => boolean): string {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let node: Node | null = root;
    while (node.lastChild) node = node.lastChild;
    walker.currentNode = node;
    let text = '';
    for (let at: Node | null = node; at && text.length < 20_000; at = walker.previousNode()) {
      if (at.nodeType !== Node.TEXT_NODE) continue;
      text = `${at.nodeValue} ${text}`;
      if (enough(text)) break;
    }
    return text;
  }

  /** Where an answer's newest text stands: its answer once there is one, else its thinking; in the bare page, itself. */
  function newestOf(answer: Element): Element {
    const answers = answer.getElementsByClassName('answer-text');
    return answers[answers.length - 1] ?? answer.getElementsByClassName('think-text')[0] ?? answer;
  }

  function readStamps(now: number): void {
    if (!samples) return;
    for (const answer of texts) {
      const root = newestOf(answer);
      const found = readEnd(root, (text) => {
        const first = /t(\d+)s(\d+)x/.exec(text);
        return first !== null && Number(first[1]) <= (seen.get(Number(first[2])) ?? Number.POSITIVE_INFINITY);
      });
      for (const [, time, stream] of found.matchAll(/t(\d+)s(\d+)x/g)) {
        if (Number(time) <= (seen.get(Number(stream)) ?? 0)) continue;
        seen.set(Number(stream), Number(time));
        samples.lags.push(now - Number(time));
      }
    }
  }

  function look(): void {
    if (!samples) return;
    samples.elements = Math.max(samples.elements, document.getElementsByTagName('*').length);
    for (const answer of texts) {
      const last = newestOf(answer).getElementsByClassName('md-group');
      const box = (last[last.length - 1] ?? answer.lastElementChild)?.getBoundingClientRect();
      if (!box || box.height === 0) continue;
      samples.looks++;
      if (box.bottom < 0 || box.bottom > innerHeight + 40) samples.outOfSight++;
    }
  }

  channel.port1.onmessage = () => {
    const began = performance.now();
    readStamps(clock());
    for (const mark of marks) {
      if (shownAt[mark] !== undefined) continue;
      for (const answer of texts) {
        if (readEnd(answer, (text) => text.length > 3000).includes(mark)) shownAt[mark] = began;
      }
    }
    if (frames.length % 30 === 0) look();
    if (samples) samples.ownMs += performance.now() - began;
  };

  function onFrame(): void {
    frames.push(performance.now());
    channel.port2.postMessage(null);
    requestAnimationFrame(onFrame);
  }
  requestAnimationFrame(onFrame);

  addEventListener(
    'keydown',
    (event) => {
      const pressed = event.timeStamp;
      const turn = ++asked;
      requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = () => {
          if (turn === asked) samples?.keys.push(performance.now() - pressed);
        };
        painted.port2.postMessage(null);
      });
    },
    true,
  );
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) samples?.longTasks.push(entry.duration);
  }).observe({ type: 'longtask' });

  window.sampler = {
    shownAt,
    begin() {
      frames = [];
      samples = {
        lags: [],
        keys: [],
        longTasks: [],
        frames: 0,
        framesMs: 0,
        worstFrame: 0,
        elements: 0,
        ownMs: 0,
        outOfSight: 0,
        looks: 0,
      };
    },
    end() {
      if (!samples) throw new Error('The sampler has not begun.');
      const gaps = frames.slice(1).map((at, i) => at - (frames[i] ?? at));
      const done = {
        ...samples,
        frames: gaps.length,
        framesMs: (frames.at(-1) ?? 0) - (frames[0] ?? 0),
        worstFrame: Math.max(0, ...gaps),
      };
      samples = undefined;
      return done;
    },
  };
}
