import type { AnswerPrefix, ModelRequest } from '../../../model.ts';

/**
 * What a server of the OpenAI protocol is sent so that it goes on with an answer: the last message, and fields of the body
 * beside it; nothing where the model's server takes no beginning.
 */
export function renderPrefix(
  { model, prefix }: Pick<ModelRequest, 'model' | 'prefix'>,
  dialect: { historyField: string },
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
      // It refuses a beginning while its template would open the thinking.
      return {
        message: { role: 'assistant', content: answer },
        fields: { chat_template_kwargs: { ...kwargsOf(model.requestExtras), enable_thinking: false } },
      };
    case 'recording':
      return { message: { role: 'assistant', content: recordedText(prefix), prefix: true }, fields: {} };
    default:
      return { fields: {} };
  }
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
