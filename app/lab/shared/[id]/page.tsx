import { SharedRun } from '../../../../components/lab/shared-run.tsx';

/** A run of the lab that somebody shared, as it was then. */
export default async function SharedLabPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <SharedRun id={id} />;
}
