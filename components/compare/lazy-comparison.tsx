'use client';

import dynamic from 'next/dynamic';

/** A comparison that exists, for a page that is a chat most of the time: a chat does not load what only this needs. */
export const ExistingComparison = dynamic(async () => {
  // Only from a client component is it a file of its own.
  const { ExistingComparison } = await import('./compare-screen.tsx');
  return ExistingComparison;
});
