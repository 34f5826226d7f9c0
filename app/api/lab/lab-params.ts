import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { endStates } from '../../../lib/lab/score.ts';
import { type VoteWeight, voteWeights } from '../../../lib/lab/votes.ts';
import { isId } from '../../../lib/ids.ts';

/** What Next.js hands to a route under `[id]/samples/[number]`. */
export interface SampleParams {
  params: Promise<{ id: string; number: string }>;
}

/** @throws AppError `not_found` */
export async function sampleOf({ params }: SampleParams): Promise<{ id: string; number: number }> {
  const { id, number } = await params;
  if (!isId(id) || !/^\d{1,7}$/.test(number)) throw new AppError('not_found', 'There is no such sample.');
  return { id, number: Number(number) };
}

/** @throws AppError `not_found` for what is no id of a shared run. */
export async function labShareIdOf({ params }: { params: Promise<{ id: string }> }): Promise<string> {
  const { id } = await params;
  if (!/^[\w-]{22}$/.test(id)) throw unknownLabShare();
  return id;
}

export function unknownLabShare(): AppError {
  return new AppError('not_found', 'This link leads nowhere (any more).');
}

const count = (max: number) => z.coerce.number().int().min(0).max(max);

const pageSchema = z.object({ offset: count(2_000_000).default(0), limit: count(200).min(1).default(50) });

/** @throws AppError `bad_request` that names the parameter. */
export function readPage(request: Request): { offset: number; limit: number } {
  return parse(pageSchema, request);
}

const samplesSchema = z.object({
  setting: count(10_000).optional(),
  question: count(100_000).optional(),
  state: z.enum(['planned', 'running', ...endStates]).optional(),
  offset: count(2_000_000).default(0),
  limit: count(1_000).min(1).default(100),
});

/** Which samples are asked for. @throws AppError `bad_request` that names the parameter. */
export function readSampleSearch(request: Request) {
  const { setting, question, state, offset, limit } = parse(samplesSchema, request);
  return {
    ...(setting !== undefined && { setting }),
    ...(question !== undefined && { question }),
    ...(state !== undefined && { state }),
    offset,
    limit,
  };
}

const votesSchema = z.object({ weight: z.enum(voteWeights).default('equal') });

/** By what votes are weighed. @throws AppError `bad_request` for a weight that is none. */
export function readVoteWeight(request: Request): VoteWeight {
  return parse(votesSchema, request).weight;
}

function parse<T>(schema: z.ZodType<T>, request: Request): T {
  const given = [...new URL(request.url).searchParams].filter(([, value]) => value !== '');
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  throw new AppError('bad_request', `"${parsed.error.issues[0]?.path.join('.')}" is not right.`);
}
