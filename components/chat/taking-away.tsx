import type { PathNode } from '../../lib/thread-path.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import { ShareButton } from '../share/share-button.tsx';
import { ExportButton } from '../shell/export-button.tsx';

/** Sharing and exporting the branch that is looked at. */
export default function TakingAway(props: { view: ConversationView; path: readonly PathNode[]; title: string }) {
  const { view, path, title } = props;
  const [thread] = view.threads;
  const leaf = path.at(-1)?.message.id;
  return (
    <>
      <ShareButton
        conversationId={view.id}
        branches={leaf === undefined ? [] : [{ threadId: thread.id, leafId: leaf, label: '' }]}
      />
      <ExportButton conversationId={view.id} title={title} leafIds={leaf === undefined ? [] : [leaf]} />
    </>
  );
}
