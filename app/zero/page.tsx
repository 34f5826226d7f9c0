import { ZeroScreen } from '../../components/zero/zero-screen.tsx';
import { listCheckpoints } from '../../lib/server/zero.ts';
import { readRecord } from '../../lib/zero/record.ts';

/** How the models inside learnt to think: the record of their training, and the models themselves, to be asked. */
export default async function ZeroPage() {
  return <ZeroScreen record={readRecord()} checkpoints={await listCheckpoints()} />;
}
