import { compressedResponse } from '../../../../lib/server/respond.ts';
import { goneResponse } from '../../answer-shared.ts';
import { findPageFile } from '../../page-files.ts';

export async function GET(request: Request, context: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const file = findPageFile((await context.params).path);
  return file ? compressedResponse(request, file) : goneResponse();
}
