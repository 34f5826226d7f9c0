import { RawScreen } from '../../components/raw/raw-screen.tsx';
import { readHomePage } from '../../lib/server/page-data.ts';

/** The prompt of a raw completion, written by hand. */
export default async function RawPage() {
  const { providers } = await readHomePage();
  return <RawScreen providers={providers} />;
}
