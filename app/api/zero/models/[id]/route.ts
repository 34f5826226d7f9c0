import { AppError } from '../../../../../lib/errors.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { RateLimit } from '../../../../../lib/server/rate-limit.ts';
import { fileResponse } from '../../../../../lib/server/respond.ts';
import { readModelFile, renderModelfile } from '../../../../../lib/server/zero.ts';
import { type IdParams, nameOf } from '../../../params.ts';

const files = new RateLimit({ words: 'Too many files were asked for.', windowMs: 60_000, each: 60, all: 600 });

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const name = await nameOf(context);
    const [, id, kind] = /^(.+)\.(gguf|modelfile)$/.exec(name) ?? [];
    if (id === undefined) throw new AppError('not_found', 'There is nothing under this address.');
    await files.take(viewer.id);
    if (kind === 'modelfile')
      return fileResponse(renderModelfile(id, runtime.kept.all()), { name, type: 'text/plain; charset=utf-8' });
    const bytes = await readModelFile(id, runtime.kept.all());
    return fileResponse(whole(bytes), { name, type: 'application/octet-stream' });
  });

/** Removes a model that was trained here. */
export const DELETE = (request: Request, context: IdParams) =>
  answer(request, async ({ runtime }) => {
    runtime.training.remove(await nameOf(context));
    return new Response(null, { status: 204 });
  });

async function* whole(bytes: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield bytes;
}
