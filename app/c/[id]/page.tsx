import { notFound } from 'next/navigation';
import { ExistingChat } from '../../../components/chat/chat-screen.tsx';
import { readConversationPage } from '../../../lib/server/page-data.ts';

/** A conversation of the viewer. */
export default async function ConversationPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const page = await readConversationPage(id);
  if (!page) notFound();
  return <ExistingChat key={id} conversation={page.conversation} providers={page.providers} />;
}
