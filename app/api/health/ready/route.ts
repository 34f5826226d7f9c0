import { getRuntime } from '../../../../lib/server/runtime.ts';
import { probe } from '../probe.ts';

/** Whether new work should be sent here. */
export const GET = (request: Request) => probe(request, async () => (await getRuntime()).troubles());
