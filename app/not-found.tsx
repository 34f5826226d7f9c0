import Link from 'next/link';

/** An address that leads nowhere, or to someone else's conversation: both look alike. */
export default function NotFound() {
  return (
    <main className="chat" data-empty>
      <title>Not found · Thinkglass</title>
      <div className="welcome">
        <h1>There is nothing here.</h1>
        <p>This address leads to no conversation of yours. It may have been deleted, or belong to another browser.</p>
        <Link href="/" className="button button-primary">
          New chat
        </Link>
      </div>
    </main>
  );
}
