import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { type KeptModel, mostKeptModels } from '../../zero/training.ts';
import { type InsideRecord, insideFile, insideRecords } from '../protocols/inside/models.ts';

/** What a kept model's file says beside it. */
const keptSchema = z.object({
  id: z.string(),
  file: z.string().regex(/^[a-z0-9.-]+\.gguf$/),
  step: z.number().int().min(0),
  context: z.number().int().positive(),
  parameters: z.number().int().positive(),
});

/** Models that were trained here and kept, in a folder of their own: for each its GGUF file and what it is. */
export class KeptModels {
  readonly #folder: string;
  #records: readonly InsideRecord[];

  constructor(folder: string) {
    this.#folder = folder;
    this.#records = this.#read();
  }

  /** All models inside: those that come with the app, and these. */
  all(): readonly InsideRecord[] {
    return [...insideRecords, ...this.#records];
  }

  list(): KeptModel[] {
    return this.#records.map((record) => ({
      id: record.id,
      step: record.step,
      bytes: statSync(insideFile(record)).size,
    }));
  }

  /** @throws AppError `conflict` when there is one of this name, or no more can be kept */
  assertFree(id: string): void {
    if (this.all().some((record) => record.id === id)) throw new AppError('conflict', `There is a ${id} already.`);
    if (this.#records.length >= mostKeptModels) {
      throw new AppError('conflict', `No more than ${mostKeptModels} models are kept. Remove one first.`);
    }
  }

  keep(id: string, { step, bytes, at }: { step: number; bytes: Uint8Array; at: number }): void {
    const [like] = insideRecords;
    mkdirSync(this.#folder, { recursive: true });
    // a name that was never there: who has read an older file of this model does not take the new one for it
    const file = `${id}.${at}.gguf`;
    const kept = { id, file, step, context: like?.context ?? 0, parameters: like?.parameters ?? 0 };
    writeFileSync(path.join(this.#folder, file), bytes);
    const partial = path.join(this.#folder, `${id}.json.partial`);
    writeFileSync(partial, `${JSON.stringify(kept)}\n`);
    renameSync(partial, path.join(this.#folder, `${id}.json`));
    this.#records = this.#read();
  }

  /** @throws AppError `not_found` */
  remove(id: string): void {
    const record = this.#records.find((one) => one.id === id);
    if (!record) throw new AppError('not_found', 'There is no such model here.');
    rmSync(path.join(this.#folder, `${id}.json`), { force: true });
    rmSync(insideFile(record), { force: true });
    this.#records = this.#read();
  }

  #read(): InsideRecord[] {
    let names: string[];
    try {
      names = readdirSync(this.#folder).filter((name) => name.endsWith('.json'));
    } catch {
      return []; // nothing was kept yet
    }
    return names.toSorted().flatMap((name) => {
      try {
        const kept = keptSchema.parse(JSON.parse(readFileSync(path.join(this.#folder, name), 'utf8')));
        const record = {
          ...kept,
          title: kept.id,
          kind: 'zero' as const,
          opens: '' as const,
          note: `Trained here from the base, for ${kept.step} ${kept.step === 1 ? 'step' : 'steps'}.`,
          folder: this.#folder,
        };
        statSync(insideFile(record));
        return [record];
      } catch (error) {
        console.error(`training: ${name} cannot be read`, error);
        return [];
      }
    });
  }
}
