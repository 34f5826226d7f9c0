import { AppError } from '../../../lib/errors.ts';
import { guardRequest } from '../../../lib/server/auth/request-guard.ts';
import { errorResponse } from '../../../lib/server/respond.ts';

/** Whatever no other route of the API is: told in its own form, not with a page. */
function refuse(request: Request): Response {
  try {
    guardRequest(request);
    throw new AppError('not_found', 'There is no such address in this API: docs/api.md lists them.');
  } catch (error) {
    return errorResponse(error, request);
  }
}

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as POST, refuse as PUT };
