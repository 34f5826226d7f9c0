import type { ListedModel } from '../../provider.ts';
import { isRecord } from '../calls/json.ts';

/** A template that writes thinking, or has words for it. */
const aboutThinking = /<think|reasoning_content|enable_thinking|\[THINK\]|<\|channel\|>/;

/**
 * How a model's thinking can be controlled, as llama.cpp's `/props` tells it of the template: a budget where there is any
 * thinking, efforts and off where the template reads them. Undefined where no template is told.
 */
export function thinkingControlOf(props: Record<string, unknown> | undefined): ListedModel['control'] {
  const template = props?.chat_template;
  if (typeof template !== 'string' || template === '') return undefined;
  const caps = isRecord(props?.chat_template_caps) ? props.chat_template_caps : {};
  const efforts = [
    ...(template.includes('enable_thinking') ? ['none'] : []),
    ...(caps.supports_reasoning_effort === true ? ['low', 'medium', 'high'] : []),
  ];
  return { takesBudget: aboutThinking.test(template), efforts };
}
