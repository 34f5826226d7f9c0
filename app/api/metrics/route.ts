import { AppError } from '../../../lib/errors.ts';
import { answer } from '../../../lib/server/api-route.ts';
import { hasOperatorToken } from '../operator-token.ts';

export const GET = (request: Request) =>
  answer(request, async ({ runtime }) => {
    const { metrics } = runtime.telemetry;
    // Off, it is as if it were not there.
    if (!metrics) throw new AppError('not_found', 'There is nothing here.');
    if (!hasOperatorToken(request, runtime.config)) {
      throw new AppError('forbidden', 'The metrics need their token, as "Authorization: Bearer …".');
    }
    const { contentType, text } = await metrics.render();
    return new Response(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
  });
