import { z } from 'zod';
import { answer } from '../../../../lib/server/api-route.ts';
import { RateLimit } from '../../../../lib/server/rate-limit.ts';
import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { sourceResponse } from '../../../../lib/server/respond.ts';
import { mostTexts } from '../../../../lib/zero/texts.ts';

const asks = new RateLimit({
  words: 'The models here were asked too often.',
  windowMs: 60_000,
  each: 30,
  all: 300,
});

const askSchema = z
  .object({
    puzzle: z.string().min(1).max(300),
    models: z.array(z.string().max(100)).min(1).max(mostTexts),
    samples: z.number().int().min(1).max(mostTexts).default(1),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 30)
      .optional(),
    isRead: z.boolean().default(false),
  })
  .refine(({ models, samples }) => models.length * samples <= mostTexts, {
    message: `at most ${mostTexts} texts at once`,
    path: ['samples'],
  });

export const POST = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const asked = await readJsonBody(request, askSchema);
    await asks.take(viewer.id);
    return sourceResponse(runtime.zero.prepare(asked), request.signal);
  });
