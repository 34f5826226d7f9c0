import { CheckLine } from '../ui/check-line.tsx';
import { familyOf, familyWords } from '../../lib/reasoning/families.ts';
import { FieldGroup, SelectField, TextField } from './field.tsx';
import {
  behindWords,
  type FieldFault,
  historyWords,
  type OverrideForm,
  startWords,
  systemPromptWords,
  templateWords,
  transportWords,
} from './override-form.ts';

/** A form being filled in. */
export interface FieldsProps {
  /** What goes over the wire: a name may tell how its family writes. */
  modelId: string;
  form: OverrideForm;
  /** What was not taken of it. */
  fault: FieldFault | undefined;
  change: (fields: Partial<OverrideForm>) => void;
}

/** What a field of text needs of the form. */
export function textOf({ form, fault, change }: FieldsProps, field: keyof OverrideForm) {
  return {
    problem: fault?.field === field ? fault.message : undefined,
    value: String(form[field]),
    onChange: (event: { currentTarget: { value: string } }) => change({ [field]: event.currentTarget.value }),
  };
}

/** Where thinking is in a model's replies, and what becomes of it afterwards. */
export function ThinkingFields(props: FieldsProps) {
  const { form, change } = props;
  const family = familyOf(props.modelId);
  const assumed = form.thinkTags.trim() === '' ? family : undefined;
  return (
    <FieldGroup legend="Thinking">
      <SelectField
        label="Where it arrives"
        value={form.transport}
        options={transportWords}
        onChoose={(transport) => change({ transport })}
      />
      <SelectField
        label="Starts in thinking"
        value={form.startsInReasoning}
        options={startWords}
        onChoose={(startsInReasoning) => change({ startsInReasoning })}
      />
      <SelectField
        label="Past thinking"
        value={form.history}
        options={historyWords}
        onChoose={(history) => change({ history })}
      />
      <TextField
        label="Tags of its own"
        placeholder={assumed ? `assumed: ${assumed.label}` : '<think> </think>'}
        maxLength={90}
        hint={assumed && `Assumed from the model’s name: ${familyWords(assumed)}. What you write here holds instead.`}
        {...textOf(props, 'thinkTags')}
      />
      <CheckLine checked={form.answerTags} onChange={(answerTags) => change({ answerTags })}>
        Its answer stands between answer tags
      </CheckLine>
    </FieldGroup>
  );
}

/** How a model is asked. */
export function AskingFields(props: FieldsProps) {
  const { form, change } = props;
  return (
    <FieldGroup legend="Asking">
      <SelectField
        label="Prompt"
        value={form.promptTemplate}
        options={templateWords}
        onChoose={(promptTemplate) => change({ promptTemplate })}
      />
      <SelectField
        label="System prompt"
        value={form.systemPrompt}
        options={systemPromptWords}
        onChoose={(systemPrompt) => change({ systemPrompt })}
      />
      <SelectField
        label="Server behind a gateway"
        value={form.behind}
        options={behindWords}
        onChoose={(behind) => change({ behind })}
      />
      <TextField label="Temperature" inputMode="decimal" placeholder="its own" {...textOf(props, 'temperature')} />
      <TextField label="Top-p" inputMode="decimal" placeholder="its own" {...textOf(props, 'topP')} />
      <TextField
        label="Longest answer, tokens"
        inputMode="numeric"
        placeholder="its own"
        {...textOf(props, 'maxTokens')}
      />
      <CheckLine checked={form.takesImages} onChange={(takesImages) => change({ takesImages })}>
        It takes pictures with a question
      </CheckLine>
    </FieldGroup>
  );
}

/** How much a model takes, and what it costs. */
export function LimitFields(props: FieldsProps) {
  const limit = { inputMode: 'numeric', placeholder: 'unknown' } as const;
  const price = { inputMode: 'decimal', placeholder: 'unknown' } as const;
  return (
    <FieldGroup legend="Limits and price">
      <TextField label="Context, tokens" {...limit} {...textOf(props, 'contextTokens')} />
      <TextField label="Output, tokens" {...limit} {...textOf(props, 'outputTokens')} />
      <TextField label="Input, USD a million" {...price} {...textOf(props, 'priceInput')} />
      <TextField label="Output, USD a million" {...price} {...textOf(props, 'priceOutput')} />
      <TextField label="Cached input, USD a million" inputMode="decimal" {...textOf(props, 'priceCached')} />
      <TextField label="Price as of" placeholder="2026-11" maxLength={40} {...textOf(props, 'priceAsOf')} />
    </FieldGroup>
  );
}
