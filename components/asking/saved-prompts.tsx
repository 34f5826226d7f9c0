import type { ThreadSettings } from '../../lib/conversation.ts';
import { titleOfQuestion } from '../../lib/conversation.ts';
import { useClosePanel } from '../ui/menu-button.tsx';
import { useStored } from '../ui/stored.ts';
import { KeptList } from './kept-list.tsx';
import { keptOf, parseSavedPrompts, type SavedPrompt, savedPromptsKey, storeKept, withKept } from './kept-settings.ts';

/** Where prompts are used and kept. */
export interface SavedPromptPlace {
  /** What is written now. */
  text: () => string;
  use: (prompt: SavedPrompt) => void;
}

/** What a prompt says nothing of is as the model has it. */
const asUsual = { systemPrompt: undefined, promptTemplate: undefined, rawPrompt: undefined, opensThinking: undefined };

/** Prompts of this browser, each with its system prompt, template and parameters. */
export function SavedPrompts({
  place,
  settings,
}: {
  place: SavedPromptPlace;
  settings: Omit<ThreadSettings, 'model'>;
}) {
  const prompts = parseSavedPrompts(useStored(savedPromptsKey));
  const close = useClosePanel();
  const text = place.text().trim();
  const keep = (next: readonly SavedPrompt[]) => storeKept(savedPromptsKey, next);
  return (
    <KeptList
      title="Your prompts"
      entries={prompts}
      wordsOf={({ text: words, settings: kept }) =>
        [words || 'No question', kept.systemPrompt && `System: ${kept.systemPrompt}`].filter(Boolean).join(' · ')
      }
      onUse={(prompt) => {
        close();
        place.use({ ...prompt, settings: { ...asUsual, ...prompt.settings } });
      }}
      onForget={({ name }) => keep(prompts.filter((prompt) => prompt.name !== name))}
      saving="Keep what is written, its system prompt and parameters, as"
      suggestedName={text === '' ? '' : titleOfQuestion(text)}
      onSave={(name) => keep(withKept(prompts, { name, text, settings: keptOf(settings) }))}
    />
  );
}
