import { NewComparison } from '../../components/compare/compare-screen.tsx';
import { readComparePage } from '../../lib/server/page-data.ts';

/** A new comparison; its address says what is in it. */
export default async function ComparePage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const [{ providers, examples }, params] = await Promise.all([readComparePage(), searchParams]);
  const names = ['models', 'prompt', 'template', 'temperature', 'effort', 'lineup'];
  const [models, prompt, template, temperature, effort, lineUp] = names.map((name) => [params[name]].flat()[0]);
  return (
    <NewComparison
      providers={providers}
      examples={examples}
      address={{ models, prompt, template, temperature, effort, lineUp }}
    />
  );
}
