/**
 * Next.js calls this once when the server starts: opens the store, settles what was left running, looks for models,
 * says what it found, and sees to an orderly end.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { startServer } = await import('./lib/server/start.ts');
  // while the program changes under its server, only Next.js knows the newest of a route
  const { directRoutes } =
    process.env.NODE_ENV === 'development' ? { directRoutes: [] } : await import('./app/api/direct-routes.ts');
  await startServer(directRoutes);
}
