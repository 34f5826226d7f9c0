/**
 * Next.js calls this once when the server starts: opens the store, settles what was left running, looks for models,
 * says what it found, and sees to an orderly end.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { startServer } = await import('./lib/server/start.ts');
  await startServer();
}
