import type { ProviderModels } from '../model.ts';
import { errorSentence } from '../sentences.ts';
import { ConfigError } from './config.ts';
import type { DirectRoute } from './direct-routes.ts';
import { watchRequests } from './front-door.ts';
import { getRuntime, type Runtime } from './runtime.ts';

/** An orderly end takes at most this long (docs/limits.md). One that loses text is none: its code is 1. */
const shutDownMs = 20_000;

/** Opens the runtime, prints what it found and arranges the end. Ends the process when it cannot start. @param direct routes past the framework */
export async function startServer(direct: readonly DirectRoute[]): Promise<void> {
  watchRequests(direct);
  let runtime: Runtime;
  try {
    runtime = await getRuntime();
  } catch (error) {
    const words = error instanceof ConfigError ? error.message : `Thinkglass could not start: ${String(error)}`;
    console.error(words);
    process.exit(1);
  }
  for (const line of describeStart(runtime)) console.log(line);
  let isEnding = false;
  let isDraining = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), shutDownMs).unref();
    runtime.shutDown().then(
      ({ generations }) => process.exit(generations > 0 ? 1 : 0),
      (error: unknown) => {
        console.error('shut-down failed', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => {
    if (isDraining) return end(); // asked twice: at once
    isDraining = true;
    runtime.drain().then(end, end);
  });
  process.on('SIGINT', end);
}

/** What a person who has just typed `npm start` wants to know. */
function describeStart(runtime: Runtime): string[] {
  const { config, registry } = runtime;
  const { kind, place, version } = runtime.store.describe();
  const host = config.host.includes(':') && !config.host.startsWith('[') ? `[${config.host}]` : config.host;
  const interrupted = runtime.interruptedAtStart;
  return [
    `Thinkglass ${config.version}: http://${host}:${config.port}`,
    `  store      ${kind === 'sqlite' ? 'SQLite' : 'PostgreSQL'} ${version}, ${place}`,
    ...describeProviders(registry.list()),
    ...(interrupted > 0
      ? [`  ${interrupted} answer(s) were cut short when the server last ended; their text is kept`]
      : []),
  ];
}

function describeProviders(providers: readonly ProviderModels[]): string[] {
  const found = providers.flatMap(({ provider, models }) => {
    const { status } = provider;
    if ('since' in status) {
      const words = status.state === 'unreachable' ? 'not reachable' : status.state;
      return [`  ${provider.label.padEnd(10)} ${words}: ${errorSentence(status.reason)}`];
    }
    if (status.state !== 'ready') return [];
    const noun = provider.kind === 'replay' ? 'recorded model' : 'model';
    return [`  ${provider.label.padEnd(10)} ${models.length} ${noun}${models.length === 1 ? '' : 's'}`];
  });
  const keys = providers.flatMap(({ provider: { status } }) => (status.state === 'needs-key' ? [status.envKey] : []));
  return [...found, ...(keys.length > 0 ? [`  with a key in .env.local: ${keys.join(', ')}`] : [])];
}
