import { type Mapping, shapeIds, shapeNames } from '../../../lib/lab/data-set.ts';

const single = [
  ['question', 'Question'],
  ['answer', 'Key'],
  ['choices', 'Choices'],
  ['id', 'Id'],
  ['group', 'Group'],
] as const satisfies readonly (readonly [keyof Mapping, string])[];

const select =
  'h-9 w-full min-w-0 rounded-md border border-line bg-surface px-2 text-sm pointer-coarse:h-10 pointer-coarse:text-lg';

/** Which field is what: guessed, and to be changed. */
export function MappingFields(props: {
  fields: readonly string[];
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}) {
  const { fields, mapping, onChange } = props;
  return (
    <fieldset className="grid grid-cols-2 gap-2.5 md:grid-cols-3 xl:grid-cols-6">
      <legend className="mb-1 text-sm font-medium">Which field is what</legend>
      <label className="flex min-w-0 flex-col gap-1 text-sm text-ink-muted">
        Shape
        <select
          className={select}
          value={mapping.shape}
          onChange={(event) => {
            const shape = shapeIds.find((id) => id === event.currentTarget.value) ?? 'own';
            onChange({ ...mapping, shape, wrong: shape === 'gpqa' ? mapping.wrong : [] });
          }}
        >
          {shapeIds.map((id) => (
            <option key={id} value={id}>
              {shapeNames[id]}
            </option>
          ))}
        </select>
      </label>
      {single.map(([part, name]) => (
        <label key={part} className="flex min-w-0 flex-col gap-1 text-sm text-ink-muted">
          {name}
          <select
            className={select}
            value={mapping[part] ?? ''}
            onChange={(event) => onChange({ ...mapping, [part]: event.currentTarget.value || undefined })}
          >
            <option value="">–</option>
            {fields.map((field) => (
              <option key={field} value={field}>
                {field}
              </option>
            ))}
          </select>
        </label>
      ))}
    </fieldset>
  );
}
