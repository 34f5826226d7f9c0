import { probe } from '../probe.ts';

/** Whether this process answers at all. What is wrong beside it, a restart would not mend. */
export const GET = (request: Request) => probe(request, async () => []);
