import {
  type Finish,
  ReasoningSplitter,
  type SplitEvent,
  type SplitterDelta,
  type SplitterOptions,
} from './splitter.ts';

/**
 * The splitter as a step of a stream: pieces of a model's output in, events out.
 * When the input closes, `finish` is asked why it ended and the last events follow. An input that fails takes the stream with it,
 * as streams do; where the held rest matters then, use the splitter itself.
 */
export function splitStream(
  options?: SplitterOptions,
  finish: () => Finish = () => null,
): TransformStream<string | SplitterDelta, SplitEvent> {
  const splitter = new ReasoningSplitter(options);
  return new TransformStream({
    transform(delta, controller) {
      for (const event of splitter.push(delta)) controller.enqueue(event);
    },
    flush(controller) {
      for (const event of splitter.end(finish())) controller.enqueue(event);
    },
  });
}
