import type { ModelOverride, ModelOverrideEntry } from '../../provider.ts';
import { bind, type Engine } from './engine.ts';
import { cleanText, renderJson } from './stored-text.ts';

/** What people say about models. */
export function createModelOverrides(engine: Engine) {
  return bind(engine, {
    list: listModelOverrides,
    put: putModelOverrides,
  });
}

async function listModelOverrides(engine: Engine, ownerId: string): Promise<ModelOverrideEntry[]> {
  const rows = await engine.lookUpOnce((db) =>
    db
      .selectFrom('model_overrides')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .orderBy('provider_id')
      .orderBy('model_key')
      .execute(),
  );
  return rows.map((row) => ({
    providerId: row.provider_id,
    modelKey: row.model_key,
    override: JSON.parse(row.override) as ModelOverride, // written by us
  }));
}

/** All or none; null forgets one. */
async function putModelOverrides(
  engine: Engine,
  ownerId: string,
  entries: readonly { providerId: string; modelKey: string; override: ModelOverride | null }[],
): Promise<void> {
  await engine.write(async (db) => {
    // In one order, so that two that put the same ones wait for each other instead of for ever.
    const ordered = entries.toSorted((a, b) => compare(a.providerId, b.providerId) || compare(a.modelKey, b.modelKey));
    for (const { providerId, modelKey, override } of ordered) {
      const place = { owner_id: ownerId, provider_id: cleanText(providerId), model_key: cleanText(modelKey) };
      if (override === null) {
        await db
          .deleteFrom('model_overrides')
          .where('owner_id', '=', ownerId)
          .where('provider_id', '=', place.provider_id)
          .where('model_key', '=', place.model_key)
          .execute();
        continue;
      }
      await db
        .insertInto('model_overrides')
        .values({ ...place, override: renderJson(override) })
        .onConflict((conflict) =>
          conflict
            .columns(['owner_id', 'provider_id', 'model_key'])
            .doUpdateSet({ override: (eb) => eb.ref('excluded.override') }),
        )
        .execute();
    }
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
