import { LabScreen } from '../../components/lab/lab-screen.tsx';
import { readHomePage } from '../../lib/server/page-data.ts';

/** Whether more thinking makes the answer better; its address says which run is looked at. */
export default async function LabPage() {
  const { providers } = await readHomePage();
  return <LabScreen providers={providers} />;
}
