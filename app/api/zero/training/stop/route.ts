import { answer } from '../../../../../lib/server/api-route.ts';

export const POST = (request: Request) =>
  answer(request, async ({ runtime: { training } }) => {
    training.stop();
    return new Response(null, { status: 204 });
  });
