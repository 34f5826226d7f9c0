import type { Marks } from '@thinkglass/splitter';

/**
 * How families of models write their thinking where a server passes it on as text. Data, by patterns of their names: what the
 * templates of their makers say. What a person or a preset says of a model goes before it; where it is used, the app says that
 * it is assumed.
 */
export interface ModelFamily {
  id: string;
  label: string;
  /** Matched against a model's id in lower case, with `-` for `_`. */
  pattern: RegExp;
  /** Beside the usual ones. */
  thinkTags: readonly (readonly [open: string, close: string])[];
  answerTags?: readonly [open: string, close: string];
  /** Control tokens of its template that are no text. */
  drop?: readonly string[];
  /** Further tokens that end its turn. */
  end?: readonly string[];
  /** Where its form is written down. */
  source: string;
}

export const modelFamilies: readonly ModelFamily[] = [
  {
    id: 'harmony',
    label: 'gpt-oss (harmony)',
    pattern: /gpt-?oss/,
    thinkTags: [
      ['<|channel|>analysis<|message|>', '<|end|>'],
      // a header that follows at once ends the channel before it
      ['<|channel|>analysis<|message|>', '<|channel|>final<|message|>'],
      ['analysis<|message|>', '<|end|>'], // the prompt had opened the channel
    ],
    drop: [
      '<|start|>assistant',
      '<|start|>assistant<|message|>',
      '<|channel|>commentary<|message|>',
      // an answer in a form that was asked for
      '<|channel|>final <|constrain|>json<|message|>',
      '<|channel|>final<|constrain|>json<|message|>',
      '<|channel|>final json<|message|>',
    ],
    end: ['<|call|>'],
    source: 'OpenAI harmony response format (cookbook, August 2025)',
  },
  {
    id: 'gemma',
    label: 'Gemma',
    pattern: /gemma-?(?:[4-9]|3n|\d{2})|gemma4/,
    thinkTags: [
      ['<|channel>thought', '<channel|>'],
      ['<|channel>analysis', '<channel|>'],
      ['<thought>', '</thought>'],
    ],
    drop: ['<|channel>final', '<|channel>response', '<|turn>model'],
    source: "chat template of google/gemma-4 (channel marks); vLLM's gemma4 reasoning parser",
  },
  {
    id: 'magistral',
    label: 'Magistral, Ministral',
    pattern: /magistral|ministral.*reason|mistral-(?:small|medium|large).*(?:reason|think)/,
    thinkTags: [['[THINK]', '[/THINK]']],
    end: ['</s>'],
    source: "Mistral's tokenizer (tekken v13, [THINK]); vLLM's mistral reasoning parser",
  },
  {
    id: 'seed',
    label: 'Seed-OSS',
    pattern: /seed-?oss|seed-coder.*reason/,
    thinkTags: [['<seed:think>', '</seed:think>']],
    drop: ['<seed:cot_budget_reflect>', '</seed:cot_budget_reflect>'],
    end: ['<seed:eos>'],
    source: 'chat template of ByteDance-Seed/Seed-OSS-36B-Instruct',
  },
  {
    id: 'gemini',
    label: 'Gemini',
    pattern: /gemini/,
    thinkTags: [['<thought>', '</thought>']],
    source: 'Gemini API, OpenAI compatibility: include_thoughts comes as <thought> in the text',
  },
  {
    id: 'exaone',
    label: 'EXAONE Deep',
    pattern: /exaone-?deep/,
    thinkTags: [['<thought>', '</thought>']],
    end: ['[|endofturn|]'],
    source: 'chat template of LGAI-EXAONE/EXAONE-Deep',
  },
  {
    id: 'glm-v',
    label: 'GLM-4.5V and later',
    pattern: /glm-?[\d.]+v|glm-.*-(?:thinking|vision)/,
    thinkTags: [],
    drop: ['<|begin_of_box|>', '<|end_of_box|>'],
    end: ['<|user|>', '<|observation|>'],
    source: 'model card of zai-org/GLM-4.5V: the final answer stands in a box',
  },
  {
    id: 'openthinker',
    label: 'OpenThinker, Sky-T1',
    pattern: /openthinker|sky-t1|bespoke-stratos/,
    thinkTags: [['<|begin_of_thought|>', '<|end_of_thought|>']],
    answerTags: ['<|begin_of_solution|>', '<|end_of_solution|>'],
    source: 'training prompt of open-thoughts/OpenThinker and NovaSky-AI/Sky-T1',
  },
  {
    id: 'kimi-vl',
    label: 'Kimi-VL Thinking, Kimi 1.5',
    pattern: /kimi-(?:vl|1\.5|k1)/,
    thinkTags: [['◁think▷', '◁/think▷']],
    source: 'chat template of moonshotai/Kimi-VL-A3B-Thinking',
  },
  {
    id: 'granite',
    label: 'Granite 3.2',
    pattern: /granite-?3\.[23]/,
    thinkTags: [
      ['Here is my thought process:', 'Here is my response:'],
      ["Here's my thought process:", "Here's my response:"],
    ],
    answerTags: ['<response>', '</response>'],
    source: "chat templates of ibm-granite/granite-3.2 and 3.3 (<response>); vLLM's granite reasoning parser",
  },
  {
    id: 'ernie',
    label: 'ERNIE 4.5 Thinking',
    pattern: /ernie.*thinking/,
    thinkTags: [],
    answerTags: ['<response>', '</response>'],
    source: 'chat template of baidu/ERNIE-4.5-21B-A3B-Thinking',
  },
  {
    id: 'command-a',
    label: 'Command A Reasoning',
    pattern: /command-a-reasoning/,
    thinkTags: [['<|START_THINKING|>', '<|END_THINKING|>']],
    answerTags: ['<|START_RESPONSE|>', '<|END_RESPONSE|>'],
    source: 'chat template of CohereLabs/command-a-reasoning-08-2025',
  },
  {
    id: 'solar',
    label: 'Solar Open',
    pattern: /solar-(?:open|pro-?3)/,
    thinkTags: [['<|think|>', '<|end|>']],
    drop: ['<|begin|>assistant', '<|content|>'],
    end: ['<|end|>'],
    source: 'chat template of upstage/Solar-Open-100B',
  },
  {
    id: 'phi',
    label: 'Phi-4 reasoning',
    pattern: /phi-?4/,
    thinkTags: [],
    end: ['<|end|>'],
    source: 'chat template of microsoft/Phi-4-mini-reasoning',
  },
  {
    id: 'hunyuan',
    label: 'Hunyuan',
    pattern: /hunyuan|hy-?mt/,
    thinkTags: [],
    end: ['<｜hy_place▁holder▁no▁2｜>', '<|eos|>'],
    source: 'tokenizers of tencent/Hunyuan-7B-Instruct and Hunyuan-A13B-Instruct',
  },
  {
    id: 'minimax',
    label: 'MiniMax M',
    pattern: /minimax-?m/,
    thinkTags: [],
    end: ['[e~['],
    source: 'tokenizer of MiniMaxAI/MiniMax-M2 (its end of a turn)',
  },
  {
    id: 'nemotron-nano',
    label: 'Nemotron Nano 2',
    pattern: /nemotron-nano/,
    thinkTags: [],
    end: ['<SPECIAL_12>'],
    source: 'tokenizer of nvidia/NVIDIA-Nemotron-Nano-9B-v2 (its end of a turn)',
  },
  {
    id: 'reflection',
    label: 'Reflection and other <thinking> models',
    pattern: /reflection-|llama-3.*-thinking|marco-o1/,
    thinkTags: [
      ['<thinking>', '</thinking>'],
      ['<Thought>', '</Thought>'],
    ],
    answerTags: ['<output>', '</output>'],
    source: 'model card of mattshumer/Reflection-Llama-3.1-70B and AIDC-AI/Marco-o1',
  },
  {
    id: 'apertus',
    label: 'Apertus',
    pattern: /apertus/,
    thinkTags: [['<|inner_prefix|>', '<|inner_suffix|>']],
    end: ['<|assistant_end|>'],
    source: 'chat template of swiss-ai/Apertus-8B-Instruct-2509',
  },
];

/** The family of a model, by its id at its server; undefined where the usual tags are all that is known. */
export function familyOf(modelId: string): ModelFamily | undefined {
  const id = modelId.toLowerCase().replaceAll('_', '-');
  return modelFamilies.find(({ pattern }) => pattern.test(id));
}

/** Whether a model's exact text has any of the marks by which its family is told; without one, nothing was assumed of it. */
export function hasMarksOf({ thinkTags, drop = [] }: ModelFamily, text: string): boolean {
  return [...thinkTags.flat(), ...drop].some((mark) => text.includes(mark));
}

/** "Gemma, <|channel>thought … <channel|>": a family with the marks it writes first. */
export function familyWords({ label, thinkTags, drop = [] }: ModelFamily): string {
  const [pair = drop] = thinkTags;
  return pair.length === 0 ? label : `${label}, ${pair.join(' … ')}`;
}

/** Its control tokens, as the splitter takes them. */
export function marksOf({ drop, end }: ModelFamily, common: readonly string[]): Marks {
  return { end: [...common, ...(end ?? [])], ...(drop && { drop }) };
}
