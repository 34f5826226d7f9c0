import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { promptTemplateIds } from '../../../lib/model.ts';
import type { TokenLogFilter } from '../../../lib/token-log.ts';

/** Epoch ms, in what `Date` can hold. */
const momentSchema = z.coerce.number().int().min(0).max(8_640_000_000_000_000).optional();

const nameSchema = z.string().min(1).max(300).optional();

/** What a query of the token log may say; unknown names are left alone. */
const querySchema = z.object({
  from: momentSchema,
  to: momentSchema,
  provider: nameSchema,
  model: nameSchema,
  template: z.enum(promptTemplateIds).optional(),
  conversation: nameSchema,
  recordings: z.enum(['only', 'none']).optional(),
  lab: z.enum(['only', 'none']).optional(),
  zone: z.string().min(1).max(64).default('UTC'),
});

/**
 * A request's filter and time zone; an empty parameter is one that is not there.
 * @throws AppError `bad_request` that names the parameter.
 */
export function readUsageQuery(request: Request): { filter: TokenLogFilter; zone: string } {
  const given = [...new URL(request.url).searchParams].filter(([, value]) => value !== '');
  const parsed = querySchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    throw new AppError('bad_request', `"${parsed.error.issues[0]?.path.join('.')}" is not right.`);
  }
  const { from, to, provider, model, template, conversation, recordings, lab, zone } = parsed.data;
  const filter: TokenLogFilter = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(provider && { providerId: provider }),
    ...(model && { modelKey: model }),
    ...(template && { template }),
    ...(conversation && { conversationId: conversation }),
    ...(recordings && { recordings }),
    ...(lab && { lab }),
  };
  return { filter, zone };
}
