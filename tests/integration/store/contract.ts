import assert from 'node:assert/strict';
import { AppError, type ApiErrorCode } from '../../../lib/errors.ts';
import type { StoreOptions } from '../../../lib/server/store/store.ts';

/** Where an engine's databases come from, for the contract of each noun. */
export interface Databases {
  /** Where an empty database is, a new one each time. */
  create(): Promise<StoreOptions>;
  stop(): Promise<void>;
}

/** Looks for leftovers from a host where nothing else lives. */
export function searchBy(instanceId: string) {
  return { instance: { id: instanceId, host: 'here', pid: 1 }, isAlive: () => false, leaseMs: 30_000 };
}

export async function rejects(code: ApiErrorCode, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code, error.message);
    assert.doesNotMatch(error.message, /select|insert|constraint|sqlite|owner/i);
    return true;
  });
}

export async function outcomeOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    (value) => ({ value }),
    (error: AppError) => ({ code: error.code, message: error.message }),
  );
}
