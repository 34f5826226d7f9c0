import type { GenerationError } from '../../../errors.ts';
import type { AnswerPrefix, ModelRequest } from '../../../model.ts';

/**
 * How a last message is sent to llama.cpp: so that it goes on without repeating it; as builds took it that did not know
 * how to; and without its thinking, as those did that refuse a beginning while their template opens one.
 */
export type PrefixForm = 'with-fields' | 'plain' | 'answer-only';

/**
 * What a server of the OpenAI protocol is sent so that it goes on with an answer: the last message, and fields of the body
 * beside it; nothing where the model's server takes no beginning.
 */
export function renderPrefix(
  { model, prefix }: Pick<ModelRequest, 'model' | 'prefix'>,
  dialect: { historyField: string },
  form: PrefixForm = 'with-fields',
): { message?: Record<string, unknown>; fields: Record<string, unknown> } {
  if (!prefix) return { fields: {} };
  const { reasoning, answer } = prefix;
  const thought = reasoning === '' ? {} : { [dialect.historyField]: reasoning };
  switch (model.continuation) {
    case 'assistant-prefix':
      return { message: { role: 'assistant', content: answer, ...thought, prefix: true }, fields: {} };
    case 'final-message':
      return {
        message: { role: 'assistant', content: answer, ...thought },
        fields: { continue_final_message: true, add_generation_prompt: false },
      };
    case 'after-prompt':
      return {
        message: { role: 'assistant', content: prefix.exact ?? answer },
        fields: { continue_final_message: true, add_generation_prompt: false },
      };
    case 'last-message':
      return renderLastMessage({ model, prefix, thought, form });
    case 'thought-in-field': {
      const apart = withoutTags(prefix);
      const field = apart.reasoning === '' ? {} : { [dialect.historyField]: apart.reasoning };
      return renderLastMessage({ model, prefix: apart, thought: field, form });
    }
    case 'thinking-and-content':
    case 'rendered': // where its template was not told after all
      return { message: { role: 'assistant', content: answer, ...thought }, fields: {} };
    case 'recording':
      return { message: { role: 'assistant', content: recordedText(prefix), prefix: true }, fields: {} };
    default:
      return { fields: {} };
  }
}

/** llama.cpp: `true` goes on where the message stops, in its thinking or in its answer; `content` closes the thinking. */
function renderLastMessage(input: {
  model: ModelRequest['model'];
  prefix: AnswerPrefix;
  thought: Record<string, unknown>;
  form: PrefixForm;
}): ReturnType<typeof renderPrefix> {
  const { model, prefix, thought, form } = input;
  const { answer, exact } = prefix;
  if (form === 'answer-only') {
    const fields = { chat_template_kwargs: { ...kwargsOf(model.requestExtras), enable_thinking: false } };
    return { message: { role: 'assistant', content: answer }, fields };
  }
  const message = { role: 'assistant', content: exact ?? answer, ...(exact === undefined && thought) };
  if (form === 'plain') return { message, fields: {} };
  const mode = closesThought(prefix) ? 'content' : true;
  return { message, fields: { continue_final_message: mode, add_generation_prompt: false } };
}

/** A beginning whose thinking came between tags, as the fields would have held it; any other as it is. */
function withoutTags(prefix: AnswerPrefix): AnswerPrefix {
  const { exact, ...fields } = prefix;
  if (exact === undefined) return prefix;
  const [, reasoning, answer] = /^\s*<think>([\s\S]*?)(?:<\/think>([\s\S]*))?$/.exec(exact) ?? [];
  if (reasoning === undefined) return prefix;
  const said = answer?.trim() === '' ? '' : (answer ?? '');
  return { ...fields, reasoning, answer: said, thoughtOver: answer !== undefined };
}

/** Whether the thinking is to be closed by the server: nothing that is sent says that it is over. */
function closesThought({ thoughtOver, reasoning, answer, exact }: AnswerPrefix): boolean {
  return exact === undefined && thoughtOver && reasoning !== '' && answer === '';
}

/** How else a beginning that was refused may be sent; undefined when the refusal is about something else, or nothing is left. */
export function otherForm(
  { model, prefix }: Pick<ModelRequest, 'model' | 'prefix'>,
  form: PrefixForm,
  error: GenerationError,
): PrefixForm | undefined {
  const isRefusal = error.status === 400 || error.status === 422 || error.status === 500;
  const isLast = model.continuation === 'last-message' || model.continuation === 'thought-in-field';
  if (!prefix || !isLast || !isRefusal) return undefined;
  const said = error.detail ?? '';
  if (form === 'with-fields' && /continue_final_message|add_generation_prompt/.test(said)) {
    return closesThought(prefix) ? undefined : 'plain';
  }
  const mayLeaveOut = prefix.thoughtOver && prefix.answer !== '';
  return form !== 'answer-only' && mayLeaveOut && /prefill|enable_thinking/i.test(said) ? 'answer-only' : undefined;
}

/** Where a request with a beginning goes: DeepSeek takes it at its beta address. */
export function baseURLFor(baseURL: string, { model, prefix }: Pick<ModelRequest, 'model' | 'prefix'>): string {
  if (!prefix || model.continuation !== 'assistant-prefix') return baseURL;
  return `${baseURL.replace(/\/(v1|beta)$/, '')}/beta`;
}

/** The beginning between tags, however the model put it: recordings are looked up by it. */
function recordedText({ reasoning, thoughtOver, answer, exact }: AnswerPrefix): string {
  if (exact !== undefined) return exact;
  return thoughtOver ? `<think>${reasoning}</think>${answer}` : `<think>${reasoning}`;
}

function kwargsOf(extras: Record<string, unknown>): Record<string, unknown> {
  const { chat_template_kwargs: kwargs } = extras;
  return typeof kwargs === 'object' && kwargs !== null ? (kwargs as Record<string, unknown>) : {};
}
