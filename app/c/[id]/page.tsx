import { notFound } from 'next/navigation';
import { ExistingChat } from '../../../components/chat/existing-chat.tsx';
import { ExistingComparison } from '../../../components/compare/lazy-comparison.tsx';
import { readConversationPage } from '../../../lib/server/page-data.ts';

/** A conversation of the viewer: a chat, or a comparison when it has several columns. */
export default async function ConversationPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const page = await readConversationPage(id);
  if (!page) notFound();
  const { conversation, providers } = page;
  const Screen = conversation.threads.length > 1 ? ExistingComparison : ExistingChat;
  return <Screen key={id} conversation={conversation} providers={providers} />;
}
