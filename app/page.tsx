import { NewChat } from '../components/chat/chat-screen.tsx';
import { readHomePage } from '../lib/server/page-data.ts';

/** A new chat. */
export default async function HomePage() {
  const { providers, examples } = await readHomePage();
  return <NewChat providers={providers} examples={examples} />;
}
