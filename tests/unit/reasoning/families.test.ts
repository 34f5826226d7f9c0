import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReasoningSplitter } from '@thinkglass/splitter';
import { splitText } from '@thinkglass/splitter/split-text';
import { familyOf, modelFamilies } from '../../../lib/reasoning/families.ts';
import { assumedFamilyOf, closingTagOf, splitterOptionsOf } from '../../../lib/reasoning/splitter-options.ts';

const thought = 'The user wants the sum. 2+2 is 4.';
const model = (id: string) => ({ id, reasoning: { transport: 'inline', startsInReasoning: 'auto' } }) as const;

/** What a model of the family writes through a server that passes it on, and what that is. */
const written: [id: string, text: string, segments: [string, string][]][] = [
  ['google/gemma-4-12b-it', `<|channel>thought\n${thought}<channel|>The sum is 4.`, both('The sum is 4.')],
  ['gemma4:27b', `<|channel>thought\n${thought}<channel|>The sum is 4.<turn|>`, both('The sum is 4.')],
  ['magistral-small-2509', `[THINK]${thought}[/THINK]The sum is 4.`, both('The sum is 4.')],
  [
    'gpt-oss-20b',
    `<|channel|>analysis<|message|>${thought}<|end|><|start|>assistant<|channel|>final<|message|>The sum is **4**.<|return|>`,
    both('The sum is **4**.'),
  ],
  [
    'openai/gpt-oss-120b',
    `<|start|>assistant<|channel|>analysis<|message|>${thought}<|start|>assistant<|channel|>final<|message|>Four.`,
    both('Four.'),
  ],
  ['gpt-oss:20b', '<|channel|>final<|message|>Four.<|return|>', [['answer', 'Four.']]],
  [
    'gpt-oss-20b',
    `<|channel|>analysis<|message|>${thought}<|end|><|start|>assistant<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>final<|message|>Four.`,
    [...both('I look.'), ['answer', 'Four.']],
  ],
  [
    'gpt-oss-20b',
    `<|channel|>analysis<|message|>${thought}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>Four.<|return|>`,
    both('Four.'),
  ],
  [
    'gpt-oss-20b',
    `<|channel|>analysis<|message|>${thought}<|end|><|start|>assistant<|message|>Four.<|return|>`,
    both('Four.'),
  ],
  [
    'gpt-oss-20b',
    `analysis<|message|>${thought}<|end|><|start|>assistant<|channel|>final<|message|>Four.<|return|>`,
    both('Four.'),
  ],
  ['Magistral-Small-2509', `[THINK]${thought}[/THINK]Four.</s>`, both('Four.')],
  ['Seed_OSS-36B', `<seed:think>${thought}</seed:think>Four.<seed:eos>`, both('Four.')],
  [
    'seed-oss-36b',
    `<seed:think>The user wants the sum. <seed:cot_budget_reflect>2+2 is 4.</seed:cot_budget_reflect></seed:think>Four.`,
    both('Four.'),
  ],
  ['EXAONE-4.0-32B', `<think>\n${thought}\n</think>\n\nFour.[|endofturn|]`, both('Four.')],
  ['granite3.3:8b', `<think>${thought}</think>\n<response>\nFour.\n</response><|end_of_text|>`, both('Four.')],
  ['ernie-4.5-21b-a3b-thinking', `<think>\n${thought}\n</think>\n\n<response>\nFour.\n</response>\n`, both('Four.')],
  [
    'command-a-reasoning-08-2025',
    `<|START_THINKING|>${thought}<|END_THINKING|><|START_RESPONSE|>Four.<|END_RESPONSE|><|END_OF_TURN_TOKEN|>`,
    both('Four.'),
  ],
  ['upstage/Solar-Open-100B', `<|think|>${thought}<|end|><|begin|>assistant<|content|>Four.<|end|>`, both('Four.')],
  ['Phi-4-mini-reasoning', `<think>${thought}</think>Four.<|end|><|endoftext|>`, both('Four.')],
  [
    'tencent/Hunyuan-7B-Instruct',
    `<think>\n${thought}\n</think>\n<answer>\nFour.\n</answer><｜hy_place▁holder▁no▁2｜>`,
    both('Four.'),
  ],
  ['MiniMax-M2', `<think>\n${thought}\n</think>\n\nFour.[e~[\n`, both('Four.')],
  ['NVIDIA-Nemotron-Nano-9B-v2', `<think>\n${thought}\n</think>\n\nFour.<SPECIAL_12>`, both('Four.')],
  ['any', `<think>${thought}</think>Four.<|im_end|><|im_start|>`, both('Four.')],
  ['bytedance/seed-oss-36b', `<seed:think>${thought}</seed:think>Four.<seed:eos>`, both('Four.')],
  ['gemini-2.5-flash', `<thought>${thought}</thought>Four.`, both('Four.')],
  ['EXAONE-Deep-7.8B', `<thought>\n${thought}\n</thought>\n\nFour.[|endofturn|]`, both('Four.')],
  ['glm-4.5v', `<think>${thought}</think>It is <|begin_of_box|>4<|end_of_box|>.`, both('It is 4.')],
  [
    'OpenThinker2-7B',
    `<|begin_of_thought|>\n\n${thought}\n\n<|end_of_thought|>\n\n<|begin_of_solution|>\n\nFour.\n\n<|end_of_solution|>`,
    both('Four.'),
  ],
  ['Kimi-VL-A3B-Thinking', `◁think▷${thought}◁/think▷Four.`, both('Four.')],
  ['granite-3.2-8b-instruct', `Here is my thought process:\n${thought}\nHere is my response:\nFour.`, both('Four.')],
  ['Reflection-Llama-3.1-70B', `<thinking>\n${thought}\n</thinking>\n<output>\nFour.\n</output>`, both('Four.')],
  ['swiss-ai/Apertus-8B', `<|inner_prefix|>${thought}<|inner_suffix|>Four.<|assistant_end|>`, both('Four.')],
  ['deepseek-r1', `<think>\n${thought}\n</think>\n\nFour.<｜end▁of▁sentence｜>`, both('Four.')],
  ['qwen3-8b', `<think>\n${thought}\n</think>\n\nFour.<|im_end|>\n<|endoftext|>`, both('Four.')],
];

function both(answer: string): [string, string][] {
  return [
    ['reasoning', thought],
    ['answer', answer],
  ];
}

test('what a known family writes is split without a setting, however it is cut', () => {
  for (const [id, text, segments] of written) {
    const options = splitterOptionsOf(model(id));
    assert.deepEqual(splitText(text, options, 'stop').segments, segments, id);
    for (const length of [1, 2, 3, 7]) {
      const splitter = new ReasoningSplitter(options);
      for (let at = 0; at < text.length; at += length) splitter.push(text.slice(at, at + length));
      splitter.end('stop');
      assert.deepEqual(splitter.result().segments, segments, `${id}, ${length} at once`);
    }
  }
});

test('the usual tags are understood beside those of a family', () => {
  for (const { id } of modelFamilies) {
    const of = written.find(([name]) => familyOf(name)?.id === id)?.[0] ?? '';
    assert.notEqual(of, '', `${id} has no sample`);
    assert.deepEqual(splitText('<think>a</think>b', splitterOptionsOf(model(of)), 'stop').segments, [
      ['reasoning', 'a'],
      ['answer', 'b'],
    ]);
  }
});

test('a mention of control tokens is text', () => {
  const text = 'ChatML ends a turn with `<|im_end|>` and begins it with `<|im_start|>`.';
  assert.equal(splitText(text, splitterOptionsOf(model('qwen3-8b')), 'stop').answer, text);
  assert.equal(splitText('a<|im_end|>\nb', {}, 'stop').answer, 'a<|im_end|>\nb');
});

test('what a person says of a model goes before its family', () => {
  const told = {
    id: 'gpt-oss-20b',
    reasoning: { transport: 'inline', startsInReasoning: 'auto', thinkTags: ['<a>', '</a>'] as [string, string] },
  } as const;
  assert.equal(assumedFamilyOf(told), undefined);
  assert.equal(closingTagOf(told), '</a>');
  assert.equal(closingTagOf(model('magistral-small')), '[/THINK]');
  assert.equal(assumedFamilyOf(model('magistral-small'))?.id, 'magistral');
  assert.equal(familyOf('llama-3.3-70b'), undefined);
});
