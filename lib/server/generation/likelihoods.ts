import { AppError } from '../../errors.ts';
import type { TokenLikelihood } from '../../model.ts';
import type { Store } from '../store/store.ts';
import type { ModelSource } from './ask.ts';
import { getModel } from './target.ts';

/**
 * How likely each token of an answer was to the model that wrote it. Nothing of it is kept: the model reads its text again.
 * @throws AppError `not_found` for the answer or its model; `conflict` where its server cannot be asked, or its exact text is
 *   not known
 */
export async function readLikelihoods(
  { store, models }: { store: Pick<Store, 'generations' | 'answers'>; models: ModelSource },
  ownerId: string,
  id: string,
  signal: AbortSignal,
): Promise<TokenLikelihood[]> {
  const [generation, raw] = await Promise.all([
    store.generations.find(ownerId, id),
    store.answers.findRawText(ownerId, id),
  ]);
  if (!generation || !raw) throw new AppError('not_found', 'There is no such generation.');
  const { providerId, modelKey, request, state } = generation;
  const ref = { providerId, modelKey };
  const { adapter, model } = getModel(await models.forAsking(ownerId, [ref]), ref);
  if (!adapter.findLikelihoods) {
    throw new AppError('conflict', 'Its server does not tell how likely each token was.');
  }
  if (state === 'running') throw new AppError('conflict', 'It is still being written.');
  const text = raw.pieces.map((piece) => piece.text).join('');
  if (!raw.exact || !request || text === '') {
    throw new AppError('conflict', 'What it was asked, or its exact text, is not on record.');
  }
  return adapter.findLikelihoods(model, { body: request.body, text }, signal);
}
