import { z } from 'zod';
import { AppError } from '../../../../lib/errors.ts';
import { renderModels, renderSeries, usageFormats } from '../../../../lib/export/usage-tables.ts';
import { fileResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { writeTokenLog } from '../../../../lib/server/usage-export.ts';
import { readUsageQuery } from '../filter.ts';

const fileSchema = z.object({ format: z.enum(usageFormats), of: z.enum(['models', 'series', 'log']) });

const types = { csv: 'text/csv; charset=utf-8; header=present', jsonl: 'application/jsonl; charset=utf-8' };

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const { filter, zone } = readUsageQuery(request);
    const parsed = fileSchema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!parsed.success) {
      throw new AppError('bad_request', '"format" is csv or jsonl, and "of" is models, series or log.');
    }
    const { format, of } = parsed.data;
    const file = {
      name: `thinkglass compute ${of} ${new Date().toISOString().slice(0, 10)}.${format}`,
      type: types[format],
    };
    if (of === 'log') return fileResponse(writeTokenLog(runtime.store, viewer.id, { filter, format }), file);
    const log = await runtime.store.tokenLog.read(viewer.id, filter, { timeZone: zone });
    return fileResponse(of === 'models' ? renderModels(log, format) : renderSeries(log, format), file);
  });
