import assert from 'node:assert/strict';
import test from 'node:test';
import { describeModel, providerPresets } from '../../../../lib/server/providers/presets.ts';
import { thinkingControlOf } from '../../../../lib/server/providers/thinking-control.ts';
import { getProtocol } from '../../../../lib/server/protocols/index.ts';

// llama-server 0.6.0, October 2026: tiny-r1 and tiny-zero, shortened.
const opens = '{{ messages[0].content }}{% if add_generation_prompt %}<think>{% endif %}';
const plain = '{{ messages[0].content }}';
const preset = providerPresets.find(({ id }) => id === 'llamacpp');

function dialsOf(props: Record<string, unknown>) {
  const control = thinkingControlOf(props);
  const listed = { id: 'tiny', ...(control && { control }) };
  const { parameters } = describeModel(listed, { providerId: 'llamacpp', protocol: getProtocol(undefined), preset });
  return { budget: parameters?.thinkingBudget !== undefined, efforts: parameters?.efforts };
}

test('a dial for the thinking is there where the template has it', () => {
  assert.deepEqual(dialsOf({ chat_template: opens, chat_template_caps: { supports_reasoning_effort: false } }), {
    budget: true,
    efforts: undefined,
  });
  assert.deepEqual(dialsOf({ chat_template: plain }), { budget: false, efforts: undefined });
  const withBoth = `${opens}{% if enable_thinking %}`;
  assert.deepEqual(dialsOf({ chat_template: withBoth, chat_template_caps: { supports_reasoning_effort: true } }), {
    budget: true,
    efforts: ['none', 'low', 'medium', 'high'],
  });
});

test('where no template is told, a budget may be tried', () => {
  assert.equal(thinkingControlOf({}), undefined);
  assert.deepEqual(dialsOf({}), { budget: true, efforts: undefined });
});
