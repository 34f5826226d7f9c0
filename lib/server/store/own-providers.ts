import type { ListedModel } from '../../provider.ts';
import { bind, type Engine, type Queries } from './engine.ts';
import type { OwnProviderRow } from './schema.ts';
import { cleanText, renderJson } from './stored-text.ts';

/** A provider that a person has added. */
export interface OwnProvider {
  id: string;
  /** The known provider it was made from, if it was. */
  presetId?: string;
  label: string;
  baseURL: string;
  key?: SealedKey;
  /** What its model list last held; undefined until it has been read. */
  listed?: ListedModel[];
  createdAt: number;
}

/** A key as it may be kept: encrypted, with what may be shown of it, and the scheme, host and port it was entered for. */
export interface SealedKey {
  sealed: string;
  end: string;
  origin: string;
}

interface OwnProviderChange {
  label?: string;
  /** Another one forgets what the old server's list held. */
  baseURL?: string;
  /** Null takes it away. */
  key?: SealedKey | null;
}

/** What people have connected. */
export function createProviders(engine: Engine) {
  return bind(engine, {
    create: createProvider,
    list: listProviders,
    find: findProvider,
    update: updateProvider,
    saveListedModels,
    delete: deleteProvider,
  });
}

/**
 * The same id again makes nothing and answers `created: false`.
 * @throws AppError `conflict` when the id is somebody else's.
 */
async function createProvider(engine: Engine, ownerId: string, provider: OwnProvider): Promise<{ created: boolean }> {
  return engine.write(async (db) => {
    if (await find(db, ownerId, provider.id)) return { created: false };
    const { key } = provider;
    await db
      .insertInto('own_providers')
      .values({
        id: provider.id,
        owner_id: ownerId,
        preset_id: provider.presetId ?? null,
        label: cleanText(provider.label),
        base_url: cleanText(provider.baseURL),
        sealed_key: key?.sealed ?? null,
        key_end: key?.end ?? null,
        key_origin: key?.origin ?? null,
        listed: provider.listed ? renderJson(provider.listed) : null,
        created_at: provider.createdAt,
      })
      .execute();
    return { created: true };
  });
}

/** In the order they were added. */
async function listProviders(engine: Engine, ownerId: string): Promise<OwnProvider[]> {
  const rows = await engine.lookUpOnce((db) =>
    db
      .selectFrom('own_providers')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .orderBy('created_at')
      .orderBy('id')
      .execute(),
  );
  return rows.map(providerOfRow);
}

async function findProvider(engine: Engine, ownerId: string, id: string): Promise<OwnProvider | undefined> {
  const row = await engine.lookUpOnce((db) => find(db, ownerId, id));
  return row && providerOfRow(row);
}

/** Changes what is given; undefined when there is none. */
async function updateProvider(
  engine: Engine,
  ownerId: string,
  id: string,
  change: OwnProviderChange,
): Promise<OwnProvider | undefined> {
  return engine.write(async (db) => {
    const before = await engine.lock(own(db, ownerId, id)).executeTakeFirst();
    if (!before) return undefined;
    const { label, baseURL, key } = change;
    const after: OwnProviderRow = {
      ...before,
      ...(label !== undefined && { label: cleanText(label) }),
      ...(baseURL !== undefined && baseURL !== before.base_url && { base_url: cleanText(baseURL), listed: null }),
      ...(key !== undefined && {
        sealed_key: key?.sealed ?? null,
        key_end: key?.end ?? null,
        key_origin: key?.origin ?? null,
      }),
    };
    const { id: _id, owner_id: _owner, created_at: _created, ...values } = after;
    await db.updateTable('own_providers').set(values).where('id', '=', id).where('owner_id', '=', ownerId).execute();
    return providerOfRow(after);
  });
}

/** Keeps what a server's list holds, unless it has moved to another base URL meanwhile. */
async function saveListedModels(
  engine: Engine,
  ownerId: string,
  id: string,
  list: { baseURL: string; models: ListedModel[] },
): Promise<void> {
  await engine.write((db) =>
    db
      .updateTable('own_providers')
      .set({ listed: renderJson(list.models) })
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .where('base_url', '=', list.baseURL)
      .execute(),
  );
}

/** With its key and all that was said about its models, for good. False when there is none. */
async function deleteProvider(engine: Engine, ownerId: string, id: string): Promise<boolean> {
  return engine.write(async (db) => {
    const deleted = await db
      .deleteFrom('own_providers')
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    if (deleted.numDeletedRows === 0n) return false;
    await db.deleteFrom('model_overrides').where('owner_id', '=', ownerId).where('provider_id', '=', id).execute();
    engine.markForgotten();
    return true;
  });
}

function own(db: Queries, ownerId: string, id: string) {
  return db.selectFrom('own_providers').selectAll().where('id', '=', id).where('owner_id', '=', ownerId);
}

function find(db: Queries, ownerId: string, id: string): Promise<OwnProviderRow | undefined> {
  return own(db, ownerId, id).executeTakeFirst();
}

function providerOfRow(row: OwnProviderRow): OwnProvider {
  const { sealed_key: sealed, key_end: end, key_origin: origin } = row;
  return {
    id: row.id,
    label: row.label,
    baseURL: row.base_url,
    createdAt: row.created_at,
    ...(row.preset_id !== null && { presetId: row.preset_id }),
    ...(sealed !== null && end !== null && origin !== null && { key: { sealed, end, origin } }),
    ...(row.listed !== null && { listed: JSON.parse(row.listed) as ListedModel[] }), // written by us
  };
}
