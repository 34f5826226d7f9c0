import { AppError } from '../../../../../../lib/errors.ts';
import { answer } from '../../../../../../lib/server/api-route.ts';
import { renderRunFigures, writeRecorded, writeRun } from '../../../../../../lib/server/lab/export-run.ts';
import { fileResponse } from '../../../../../../lib/server/respond.ts';
import { type IdParams, idOf } from '../../../../params.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const format = new URL(request.url).searchParams.get('format') ?? 'jsonl';
    const { lab, store } = runtime;
    const run = await lab.reader.read(viewer.id, id);
    const name = `thinkglass lab ${run.title}.${format}`;
    if (format === 'csv') {
      return fileResponse(renderRunFigures(run), { name, type: 'text/csv; charset=utf-8; header=present' });
    }
    if (format !== 'jsonl') throw new AppError('bad_request', '"format" is csv or jsonl.');
    const recorded = await lab.reader.recorded(id);
    const lines = recorded ? writeRecorded(recorded) : writeRun({ store, reader: lab.reader }, viewer.id, id);
    return fileResponse(lines, { name, type: 'application/jsonl; charset=utf-8' });
  });
