import { answer } from '../../../../lib/server/api-route.ts';
import { jsonResponse } from '../../../../lib/server/respond.ts';

export const GET = (request: Request) =>
  answer(request, async ({ runtime: { training } }) =>
    jsonResponse({ isAllowed: training.isAllowed, training: training.training, kept: training.kept }),
  );

export const POST = (request: Request) =>
  answer(request, async ({ runtime: { training } }) => {
    training.start();
    return jsonResponse({ training: training.training }, 201);
  });

export const DELETE = (request: Request) =>
  answer(request, async ({ runtime: { training } }) => {
    await training.throwAway();
    return new Response(null, { status: 204 });
  });
