import { goneResponse } from '../../answer-shared.ts';
import { findPageFile } from '../../page-files.ts';

export async function GET(_request: Request, context: { params: Promise<{ path: string[] }> }): Promise<Response> {
  return (await findPageFile((await context.params).path)) ?? goneResponse();
}
