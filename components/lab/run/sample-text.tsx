import type { Message } from '../../../lib/conversation.ts';
import type { SampleDetail } from '../../../lib/lab/run.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import { ReasoningPanel } from '../../answer/thinking/reasoning-panel.tsx';
import { jumpToThought } from '../../answer/thinking/thought-jump.ts';
import { viewOfMessage } from '../../conversation/generation-store.ts';
import { LazyMarkdown } from '../../markdown/lazy-markdown.tsx';
import { lazyPart } from '../../ui/lazy-part.tsx';

const HealthBadges = lazyPart(
  async () => ({ default: (await import('../../answer/health-badges.tsx')).HealthBadges }),
  {
    waiting: () => <div className="h-11" />,
  },
);

/** What a sample thought and said, as a chat shows it: the thinking in its pane, the answer, the health of the thought. */
export default function SampleText({ detail }: { detail: SampleDetail }) {
  const { sample } = detail;
  const message = detail.message ?? messageOf(detail);
  const read = viewOfMessage(message);
  // of a chain of calls the message counts only the last
  const { thinkingTokens = read.reasoningTokens, answerTokens = read.answerTokens } = sample;
  const view = { ...read, reasoningTokens: thinkingTokens, answerTokens };
  const answer = textOfKind(message.parts, 'answer');
  const { health } = view.state;
  return (
    <>
      <ReasoningPanel id={message.id} view={view} startsOpen />
      {answer.trim() !== '' && (
        <div className="answer-text max-h-96 min-w-0 overflow-y-auto font-serif text-prose leading-loose wrap-break-word">
          <LazyMarkdown text={answer} tone="answer" growing={false} />
        </div>
      )}
      {health && <HealthBadges health={health} onJump={(at) => jumpToThought(message.id, at)} />}
    </>
  );
}

/** A recorded sample as a message: its texts are all that came along. */
function messageOf({ sample, text }: SampleDetail): Message {
  return {
    id: `${sample.runId} ${sample.number}`,
    threadId: '',
    parentId: null,
    role: 'assistant',
    parts: [
      { kind: 'reasoning', text: text?.thinking ?? '' },
      { kind: 'answer', text: text?.answer ?? '' },
    ],
    createdAt: sample.at ?? 0,
  };
}
