import { common, createLowlight } from 'lowlight';

export interface HighlightRequest {
  id: number;
  language: string;
  code: string;
}

/** Words and spans with class names, nothing else. */
export type HighlightTree = ReturnType<ReturnType<typeof createLowlight>['highlight']>;

export interface HighlightReply {
  id: number;
  tree: HighlightTree | undefined;
}

const lowlight = createLowlight(common);

addEventListener('message', (event: MessageEvent<HighlightRequest>) => {
  const { id, language, code } = event.data;
  const reply: HighlightReply = { id, tree: undefined };
  try {
    if (lowlight.registered(language)) reply.tree = lowlight.highlight(language, code);
  } catch {
    // a grammar that fails leaves its code in one colour
  }
  postMessage(reply);
});
