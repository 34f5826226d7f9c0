import Link from 'next/link';
import { buttonLook } from '../components/ui/button.tsx';
import { PageNote } from '../components/ui/page-note.tsx';

/** An address that leads nowhere, or to someone else's conversation: both look alike. */
export default function NotFound() {
  return (
    <main className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <title>Not found · Thinkglass</title>
      <PageNote heading="There is nothing here.">
        <p>This address leads to no conversation of yours. It may have been deleted, or belong to another browser.</p>
        <Link href="/" className={buttonLook('primary')}>
          New chat
        </Link>
      </PageNote>
    </main>
  );
}
