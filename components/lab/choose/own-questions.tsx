'use client';

import { useState } from 'react';
import { guessMapping, leftOutWords, type Mapping, makeDataSet, shapeNames } from '../../../lib/lab/data-set.ts';
import type { ReadRows } from '../../../lib/lab/read-rows.ts';
import { formatCount, formatCounted } from '../../../lib/quantity-words.ts';
import { Alert } from '../../ui/alert.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckLine } from '../../ui/check-line.tsx';
import { fieldLook } from '../../ui/field.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import type { ChosenQuestions } from './chosen-questions.ts';
import { MappingFields } from './mapping-fields.tsx';

type GoodRows = Extract<ReadRows, { ok: true }>;

type Reading =
  | { state: 'empty' | 'reading' }
  | { state: 'failed'; problem: string }
  | { state: 'read'; name: string; rows: GoodRows; mapping: Mapping };

/** By which choices are shuffled; another one would be another data set. */
const shuffleSeed = 1;

/** Questions of one's own: a file or a text, which field is what, and what of it is left out. */
export default function OwnQuestions(props: {
  source: 'file' | 'pasted';
  onQuestions: (chosen: ChosenQuestions | undefined) => void;
}) {
  const { source, onQuestions } = props;
  const [reading, setReading] = useState<Reading>({ state: 'empty' });
  const [dropRepeated, setDropRepeated] = useState(false);

  const show = (read: Extract<Reading, { state: 'read' }>, drop: boolean) => {
    setReading(read);
    setDropRepeated(drop);
    const { questions } = makeDataSet(read.rows.rows, read.mapping, { seed: shuffleSeed, dropRepeated: drop });
    onQuestions({ source, name: read.name, questions });
  };
  const read = async (name: string, textOf: () => Promise<string>) => {
    setReading({ state: 'reading' });
    onQuestions(undefined);
    try {
      // the reader of CSV is only loaded where somebody brings a file
      const [text, { readRows }] = await Promise.all([textOf(), import('../../../lib/lab/read-rows.ts')]);
      const rows = readRows(text);
      if (rows.ok) show({ state: 'read', name, rows, mapping: guessMapping(rows.fields, rows.rows) }, false);
      else setReading({ state: 'failed', problem: rows.problem });
    } catch {
      setReading({ state: 'failed', problem: 'The file could not be read. Choose it again.' });
    }
  };

  return (
    <div className="flex flex-col gap-3">
      {source === 'file' ? (
        <FileDrop
          words="Choose a file of questions, or drop it here"
          busy={reading.state === 'reading'}
          accept=".jsonl,.ndjson,.json,.csv,.tsv,.txt"
          onFiles={([file]) => file && void read(file.name, () => textOfFile(file))}
        />
      ) : (
        <PasteField onText={(text) => void read('Pasted', async () => text)} />
      )}
      {reading.state === 'failed' && <Alert words={reading.problem} />}
      {reading.state === 'read' && (
        <>
          <MappingFields
            fields={reading.rows.fields}
            mapping={reading.mapping}
            onChange={(mapping) => show({ ...reading, mapping }, dropRepeated)}
          />
          <Findings reading={reading} dropRepeated={dropRepeated} onDrop={(drop) => show(reading, drop)} />
        </>
      )}
    </div>
  );
}

/** A file far too large is refused before it is read. */
async function textOfFile(file: File): Promise<string> {
  const { dataSetLimits } = await import('../../../lib/lab/read-rows.ts');
  // one unit more than is taken: the reader then says what is wrong
  return file.size > dataSetLimits.bytes ? 'x'.repeat(dataSetLimits.bytes + 1) : await file.text();
}

function PasteField({ onText }: { onText: (text: string) => void }) {
  const [text, setText] = useState('');
  return (
    <div className="flex flex-col items-start gap-2">
      <textarea
        rows={5}
        aria-label="Questions, as JSON lines, JSON or CSV"
        placeholder={'{"question": "What is 17 × 23?", "answer": "391"}'}
        className={`${fieldLook} max-h-64 resize-y font-mono`}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button disabled={text.trim() === ''} onClick={() => onText(text)}>
        Read them
      </Button>
    </div>
  );
}

/** More rows than this are not listed one by one. */
const listed = 50;

/** What was read, and what is not in it. */
function Findings(props: {
  reading: Extract<Reading, { state: 'read' }>;
  dropRepeated: boolean;
  onDrop: (drop: boolean) => void;
}) {
  const { reading, dropRepeated } = props;
  const { rows, mapping, name } = reading;
  const set = makeDataSet(rows.rows, mapping, { seed: shuffleSeed, dropRepeated });
  const missing = [
    ...rows.unread.map(({ row, reason }) => ({ row, words: reason })),
    ...set.leftOut.map(({ row, reason }) => ({ row, words: leftOutWords[reason] })),
  ].sort((a, b) => a.row - b.row);
  return (
    <div className="flex flex-col gap-2 text-sm" role="status">
      <p>
        <strong className="font-medium">{name}</strong>: {formatCounted(set.questions.length, 'question')}
        {mapping.shape !== 'own' && `, in the shape of ${shapeNames[mapping.shape]}`}, from{' '}
        {formatCounted(rows.rows.length + rows.unread.length, 'row')} of {rows.format.toUpperCase()}.
      </p>
      {missing.length > 0 && (
        <details className="text-ink-muted">
          <summary className="cursor-pointer text-warn">{formatCounted(missing.length, 'row')} left out</summary>
          <ul className="mt-1 max-h-48 overflow-y-auto">
            {missing.slice(0, listed).map(({ row, words }) => (
              <li key={row} className="wrap-anywhere">
                Row {formatCount(row)}: {words}
              </li>
            ))}
            {missing.length > listed && <li>and {formatCount(missing.length - listed)} more</li>}
          </ul>
        </details>
      )}
      {set.repeated.length > 0 && (
        <CheckLine checked={dropRepeated} onChange={props.onDrop}>
          <span>
            Leave out {formatCounted(set.repeated.length, 'question')} asked twice (row{' '}
            {formatCount(set.repeated[0]?.row ?? 0)} asks what row {formatCount(set.repeated[0]?.of ?? 0)} does)
          </span>
        </CheckLine>
      )}
    </div>
  );
}
