import { NewChat } from '../components/chat/chat-screen.tsx';
import { readHomePage } from '../lib/server/page-data.ts';

/** So much of a question is taken from an address, in characters. */
const longestQuestion = 20_000;

/** A new chat; its address may say what is in it, also by the names under which other apps share. */
export default async function HomePage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const [{ providers, examples }, params] = await Promise.all([readHomePage(), searchParams]);
  const [q = '', title = '', url = '', model] = ['q', 'title', 'url', 'model'].map((name) => [params[name]].flat()[0]);
  const parts = [title, q, url].filter(
    (part, i, all) =>
      part !== '' && !all.some((other, j) => j !== i && other.includes(part) && (other !== part || j < i)),
  );
  const text = parts.join('\n').slice(0, longestQuestion);
  const isFilled = text !== '' || model !== undefined;
  return (
    <NewChat
      providers={providers}
      examples={examples}
      {...(isFilled && { filled: { text, ...(model && { model }) } })}
    />
  );
}
