import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { ApiClient } from './api-client.ts';

/** A route module's handlers, as Next.js calls them. */
type Handler = (
  request: Request,
  context: { params: Promise<{ id: string; share: string; number: string }> },
) => Promise<Response>;
type RouteModule = Partial<Record<string, Handler>>;

const routes: [pattern: RegExp, load: () => Promise<RouteModule>][] = [
  [/^\/api\/health$/, () => load('health')],
  [/^\/api\/health\/live$/, () => load('health/live')],
  [/^\/api\/health\/ready$/, () => load('health/ready')],
  [/^\/api\/running$/, () => load('running')],
  [/^\/api\/search$/, () => load('search')],
  [/^\/api\/usage$/, () => load('usage')],
  [/^\/api\/usage\/export$/, () => load('usage/export')],
  [/^\/api\/metrics$/, () => load('metrics')],
  [/^\/api\/models$/, () => load('models')],
  [/^\/api\/models\/refresh$/, () => load('models/refresh')],
  [/^\/api\/models\/overrides$/, () => load('models/overrides')],
  [/^\/api\/providers$/, () => load('providers')],
  [/^\/api\/providers\/([^/]+)$/, () => load('providers/[id]')],
  [/^\/api\/providers\/([^/]+)\/test$/, () => load('providers/[id]/test')],
  [/^\/api\/providers\/([^/]+)\/pull$/, () => load('providers/[id]/pull')],
  [/^\/api\/providers\/([^/]+)\/memory$/, () => load('providers/[id]/memory')],
  [/^\/api\/conversations$/, () => load('conversations')],
  [/^\/api\/conversations\/([^/]+)$/, () => load('conversations/[id]')],
  [/^\/api\/conversations\/([^/]+)\/messages$/, () => load('conversations/[id]/messages')],
  [/^\/api\/conversations\/([^/]+)\/title$/, () => load('conversations/[id]/title')],
  [/^\/api\/conversations\/([^/]+)\/restore$/, () => load('conversations/[id]/restore')],
  [/^\/api\/conversations\/([^/]+)\/retry$/, () => load('conversations/[id]/retry')],
  [/^\/api\/conversations\/([^/]+)\/continue$/, () => load('conversations/[id]/continue')],
  [/^\/api\/attachments\/([^/]+)$/, () => load('attachments/[id]')],
  [/^\/api\/messages\/([^/]+)$/, () => load('messages/[id]')],
  [/^\/api\/conversations\/([^/]+)\/threads$/, () => load('conversations/[id]/threads')],
  [/^\/api\/conversations\/([^/]+)\/export$/, () => load('conversations/[id]/export')],
  [/^\/api\/export$/, () => load('export')],
  [/^\/api\/import$/, () => load('import')],
  [/^\/api\/conversations\/([^/]+)\/events$/, () => load('conversations/[id]/events')],
  [/^\/api\/threads\/([^/]+)$/, () => load('threads/[id]')],
  [/^\/api\/generations\/([^/]+)$/, () => load('generations/[id]')],
  [/^\/api\/prompts\/preview$/, () => load('prompts/preview')],
  [/^\/api\/generations\/([^/]+)\/raw$/, () => load('generations/[id]/raw')],
  [/^\/api\/generations\/([^/]+)\/likelihoods$/, () => load('generations/[id]/likelihoods')],
  [/^\/api\/generations\/([^/]+)\/reclassify$/, () => load('generations/[id]/reclassify')],
  [/^\/api\/generations\/([^/]+)\/stop$/, () => load('generations/[id]/stop')],
  [/^\/api\/lab\/runs$/, () => load('lab/runs')],
  [/^\/api\/lab\/runs\/([^/]+)$/, () => load('lab/runs/[id]')],
  [/^\/api\/lab\/runs\/([^/]+)\/questions$/, () => load('lab/runs/[id]/questions')],
  [/^\/api\/lab\/runs\/([^/]+)\/votes$/, () => load('lab/runs/[id]/votes')],
  [/^\/api\/lab\/runs\/([^/]+)\/samples$/, () => load('lab/runs/[id]/samples')],
  [/^\/api\/lab\/runs\/([^/]+)\/samples\/([^/]+)$/, () => load('lab/runs/[id]/samples/[number]')],
  [/^\/api\/lab\/runs\/([^/]+)\/rescore$/, () => load('lab/runs/[id]/rescore')],
  [/^\/api\/lab\/runs\/([^/]+)\/export$/, () => load('lab/runs/[id]/export')],
  [/^\/api\/lab\/runs\/([^/]+)\/shares$/, () => load('lab/runs/[id]/shares')],
  [/^\/api\/lab\/shares\/([^/]+)$/, () => load('lab/shares/[id]')],
  [/^\/api\/zero\/texts$/, () => load('zero/texts')],
  [/^\/api\/zero\/models\/([^/]+)$/, () => load('zero/models/[id]')],
  [/^\/api\/shares$/, () => load('shares')],
  [/^\/api\/shares\/preview$/, () => load('shares/preview')],
  [/^\/api\/shares\/([^/]+)$/, () => load('shares/[id]')],
  [/^\/api\/shares\/([^/]+)\/fork$/, () => load('shares/[id]/fork')],
  [/^\/s\/([^/]+)$/, () => loadShared('')],
  [/^\/s\/([^/]+)\/data$/, () => loadShared('data/')],
  [/^\/s\/([^/]+)\/markdown$/, () => loadShared('markdown/')],
  [/^\/s\/([^/]+)\/image$/, () => loadShared('image/')],
];

function load(folder: string): Promise<RouteModule> {
  return import(`../../app/api/${folder}/route.ts`) as Promise<RouteModule>; // our own routes export nothing else
}

function loadShared(folder: string): Promise<RouteModule> {
  return import(`../../app/s/[share]/${folder}route.ts`) as Promise<RouteModule>;
}

/** Calls the route that Next.js would call. */
export async function callRoute(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  for (const [pattern, loadModule] of routes) {
    const match = pattern.exec(pathname);
    if (!match) continue;
    const handler = (await loadModule())[request.method];
    if (!handler) return new Response(null, { status: 405 });
    const id = decodeURIComponent(match[1] ?? '');
    return handler(request, { params: Promise.resolve({ id, share: id, number: match[2] ?? '' }) });
  }
  return new Response(null, { status: 404 });
}

/**
 * The app's server rooms inside this test process, on a data folder of their own, opened at the first call and closed
 * after the tests of the file. One per process: the runtime is a singleton.
 */
export function useRoutes(environment: Record<string, string>): { newClient: () => ApiClient; dataFolder: string } {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-routes-'));
  Object.assign(process.env, {
    THINKGLASS_DATA: dataFolder,
    THINKGLASS_LOCAL_SERVERS: 'off',
    THINKGLASS_LOG: 'off',
    ...environment,
  });
  after(async () => {
    const { getRuntime } = await import('../../lib/server/runtime.ts');
    await (await getRuntime()).shutDown();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  return { newClient: () => new ApiClient('http://127.0.0.1:3000', callRoute), dataFolder };
}
