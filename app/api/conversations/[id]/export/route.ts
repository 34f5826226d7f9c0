import { z } from 'zod';
import { AppError } from '../../../../../lib/errors.ts';
import type { ExportedConversation } from '../../../../../lib/exported.ts';
import { fileNameOf } from '../../../../../lib/export/file-name.ts';
import { renderGenerationRows } from '../../../../../lib/export/generation-rows.ts';
import { renderExportFile } from '../../../../../lib/export/json.ts';
import { renderMarkdown } from '../../../../../lib/export/markdown.ts';
import { RateLimit } from '../../../../../lib/server/rate-limit.ts';
import { fileResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../../params.ts';

const exports = new RateLimit({ words: 'Too many files were asked for.', windowMs: 60_000, each: 60, all: 600 });

const flagSchema = z.enum(['0', '1'], 'is neither 1 nor 0');
const querySchema = z.object({
  format: z.enum(['md', 'json', 'jsonl'], 'is none of md, json, jsonl'),
  thinking: flagSchema.default('1'),
  figures: flagSchema.default('0'),
  /** The last messages of the branches that are wanted, one a column. */
  leaf: z.string().max(400).optional(),
});

type Query = z.infer<typeof querySchema>;

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const query = parseQuery(request);
    await exports.take(viewer.id);
    const conversation = await runtime.store.transfers.export(viewer.id, id);
    if (!conversation) throw new AppError('not_found', 'There is no such conversation.');
    const { type, text } = render(conversation, query);
    return fileResponse(text, { name: fileNameOf(conversation.title, query.format), type });
  });

function parseQuery(request: Request): Query {
  const parsed = querySchema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError('bad_request', `"${issue?.path.join('.')}" ${issue?.message}.`);
}

function render(conversation: ExportedConversation, query: Query): { type: string; text: string } {
  switch (query.format) {
    case 'json':
      return { type: 'application/json; charset=utf-8', text: renderExportFile([conversation], Date.now()) };
    case 'jsonl':
      return { type: 'application/x-ndjson; charset=utf-8', text: renderGenerationRows(conversation) };
    case 'md': {
      const leafIds = new Set(query.leaf?.split(','));
      const options = { thinking: query.thinking === '1', figures: query.figures === '1', leafIds };
      return { type: 'text/markdown; charset=utf-8', text: renderMarkdown(conversation, options) };
    }
  }
}
