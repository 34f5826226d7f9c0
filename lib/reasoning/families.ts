import type { Marks } from '@thinkglass/splitter';

/**
 * How families of models write their thinking where a server passes it on as text. Data, by patterns of their names: what the
 * templates of their makers say. What a person or a preset says of a model goes before it; where it is used, the app says that
 * it is assumed.
 */
export interface ModelFamily {
  id: string;
  label: string;
  /** Matched against a model's id in lower case. */
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
    ],
    drop: ['<|start|>assistant', '<|channel|>commentary<|message|>'],
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
    source: "Mistral's tokenizer (tekken v13, [THINK]); vLLM's mistral reasoning parser",
  },
  {
    id: 'seed',
    label: 'Seed-OSS',
    pattern: /seed-?oss|seed-coder.*reason/,
    thinkTags: [['<seed:think>', '</seed:think>']],
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
    source: "chat template of ibm-granite/granite-3.2; vLLM's granite reasoning parser",
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
  const id = modelId.toLowerCase();
  return modelFamilies.find(({ pattern }) => pattern.test(id));
}

/** Whether a model's exact text has any of the marks by which its family is told; without one, nothing was assumed of it. */
export function hasMarksOf({ thinkTags, drop = [] }: ModelFamily, text: string): boolean {
  return [...thinkTags.flat(), ...drop].some((mark) => text.includes(mark));
}

/** "Gemma, <|channel>thought … <channel|>": a family with the marks it writes first. */
export function familyWords({ label, thinkTags, drop = [] }: ModelFamily): string {
  const [pair] = thinkTags;
  return `${label}, ${pair ? pair.join(' … ') : drop.join(' … ')}`;
}

/** Its control tokens, as the splitter takes them. */
export function marksOf({ drop, end }: ModelFamily, common: readonly string[]): Marks {
  return { end: [...common, ...(end ?? [])], ...(drop && { drop }) };
}
