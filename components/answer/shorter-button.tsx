import { Scissors } from 'lucide-react';
import type { Message } from '../../lib/conversation.ts';
import { Button } from '../ui/button.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { turnsBefore } from '../conversation/turns.ts';

/** Leaves out the older half of the turns from now on, and asks again; nothing where there is only one. */
export function ShorterButton(props: { store: ConversationStore; message: Message; onRetry: () => void }) {
  const { store, message } = props;
  const settings = store.getView().threads.find(({ id }) => id === message.threadId)?.settings;
  const turns = turnsBefore(store, message).length;
  const sent = Math.min(turns, settings?.recentTurns ?? turns);
  if (sent === 0) return null;
  const kept = Math.floor(sent / 2);
  const ask = async () => {
    await store.setSettings(message.threadId, { recentTurns: kept });
    props.onRetry();
  };
  return (
    <Button
      title={`Asks again with the last ${kept === 0 ? 'question only' : `${kept} turns`} before it`}
      onClick={() => void ask()}
    >
      <Scissors aria-hidden size={14} /> Leave out the oldest turns
    </Button>
  );
}
