'use client';

import { Columns2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { IconButton } from '../ui/button.tsx';
import { fetchOtherPage } from '../conversation/begin-conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';

/** Sets another column beside a chat, with all that was said so far; a new chat becomes a new comparison. */
export function CompareButton({ store, view }: { store: ConversationStore; view: ConversationView }) {
  const router = useRouter();
  const [thread] = view.threads;
  const isComparison = view.saved && view.threads.length > 1;
  useEffect(() => {
    if (isComparison) fetchOtherPage(view.id, router); // a comparison has a page of its own at the same address
  }, [isComparison, view.id, router]);

  const compare = () => {
    const { model } = thread.settings;
    if (view.saved) void store.addThread(thread.settings, { threadId: thread.id });
    else router.push(`/compare?models=${encodeURIComponent(`${model.providerId}:${model.modelKey}`)}`);
  };
  return (
    // The narrowest screens keep the room for the model's name.
    <IconButton
      label="Compare with another model"
      data-command="Compare with another model"
      className="max-[22rem]:hidden"
      onClick={compare}
    >
      <Columns2 aria-hidden size={16} />
    </IconButton>
  );
}
