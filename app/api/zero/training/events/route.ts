import { answer } from '../../../../../lib/server/api-route.ts';
import { sourceResponse } from '../../../../../lib/server/respond.ts';

export const GET = (request: Request) =>
  answer(request, async ({ runtime: { training } }) =>
    sourceResponse((signal) => training.events(signal), request.signal),
  );
