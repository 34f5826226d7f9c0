import {
  type Finish,
  ReasoningSplitter,
  type SplitResult,
  type SplitterDelta,
  type SplitterOptions,
} from './splitter.ts';

/** Splits text that is there as a whole. Give it what the model wrote, not an `answer` that was split before. */
export function splitText(text: string | SplitterDelta, options?: SplitterOptions, finish: Finish = null): SplitResult {
  const splitter = new ReasoningSplitter(options);
  splitter.push(text);
  splitter.end(finish);
  return splitter.result();
}
