import type { ModelRef } from '../../lib/model.ts';

/** What a new chat asks where no model can be asked yet. */
export const noModel: ModelRef = { providerId: '', modelKey: '' };
