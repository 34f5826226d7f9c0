'use client';

import { type FormEvent, useId, useState } from 'react';
import type { ProviderDetail } from '../../lib/provider.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from './field.tsx';

/** Takes a model by its id that no list has. */
export function AddModel({ provider, onAdd }: { provider: ProviderDetail; onAdd: (id: string) => Promise<void> }) {
  const [id, setId] = useState('');
  const [problem, setProblem] = useState<string | undefined>();
  const listId = useId();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const trimmed = id.trim();
    if (trimmed === '') return;
    if (provider.models.some(({ key }) => key === trimmed)) return setProblem('It is in the list already.');
    try {
      setProblem(undefined);
      await onAdd(trimmed);
      setId('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.');
    }
  };
  return (
    <form className="mt-3.5 flex flex-wrap items-end gap-2" onSubmit={add}>
      <div className="flex-[1_1_14rem]">
        <TextField
          label="Add a model by its id"
          list={listId}
          maxLength={200}
          placeholder="as the server calls it"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <datalist id={listId}>
          {provider.otherModels.slice(0, 500).map((other) => (
            <option key={other} value={other} />
          ))}
        </datalist>
      </div>
      <Button type="submit" className="min-h-9">
        Add model
      </Button>
      {problem && <Alert words={problem} className="basis-full" />}
    </form>
  );
}
