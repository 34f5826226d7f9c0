import { cookies } from 'next/headers';
import { cache } from 'react';
import type { Conversation, ConversationDetail } from '../conversation.ts';
import { isId } from '../ids.ts';
import type { ProviderModels } from '../model.ts';
import type { ModelOverrideEntry, PresetChoice, ProviderDetail } from '../provider.ts';
import { endOf } from '../thread-path.ts';
import { examplePuzzles } from '../zero/puzzles.ts';
import { findViewer } from './auth/viewer.ts';
import { readConversation } from './generation/read-conversation.ts';
import { exampleQuestions, replayModels } from './protocols/replay/models.ts';
import { insideProviderId, insideRecords } from './protocols/inside/models.ts';
import { findRecording, transcripts } from './protocols/replay/recordings.ts';
import { questionText } from './protocols/replay/questions.ts';
import { getRuntime, type Runtime } from './runtime.ts';

/** A question worth asking first, and the recorded model that knows it. */
export interface Example {
  providerId: string;
  modelKey: string;
  question: string;
  label: string;
}

/** What every page shows around its content. */
export interface ShellData {
  providers: ProviderModels[];
  conversations: { conversations: Conversation[]; next?: string };
}

export interface HomePageData extends ShellData {
  examples: Example[];
}

export interface ComparePageData extends ShellData {
  /** Questions that two models or more know, recorded or inside, with the keys of these. */
  examples: { question: string; modelKeys: string[] }[];
}

export interface ConversationPageData extends ShellData {
  conversation: ConversationDetail;
}

export interface SettingsPageData {
  providers: ProviderDetail[];
  presets: PresetChoice[];
  overrides: ModelOverrideEntry[];
  facts: { name: string; value: string }[];
}

/** What one of the models inside is asked on the first visit. */
const insideExample = {
  providerId: insideProviderId,
  modelKey: 'tiny-zero',
  question: examplePuzzles[0],
  label: 'A real one, thinking now: 0.6 million parameters, trained by us. R1-Zero has 671 billion.',
};

const sidebarLimit = 50;

/** The build that the server runs. */
export async function readBuild(): Promise<string> {
  return (await getRuntime()).config.build;
}

/** What the page for a new chat shows. */
export async function readHomePage(): Promise<HomePageData> {
  const runtime = await getRuntime();
  const shell = await readShell(runtime, await readViewerId());
  const recorded = exampleQuestions.map((example) => ({ ...example, providerId: 'replay' }));
  return { ...shell, examples: [insideExample, ...recorded] };
}

/** What the page for a new comparison shows. */
export async function readComparePage(): Promise<ComparePageData> {
  const runtime = await getRuntime();
  const shell = await readShell(runtime, await readViewerId());
  const examples = transcripts.map(({ question }) => ({
    question: questionText(question),
    modelKeys: replayModels.map(({ key }) => key).filter((key) => findRecording(key, question)),
  }));
  const ofInside = { modelKeys: insideRecords.map(({ id }) => id) };
  const puzzles = examplePuzzles.map((question) => ({ question, ...ofInside }));
  return { ...shell, examples: [...examples.filter(({ modelKeys }) => modelKeys.length > 1), ...puzzles] };
}

/** A conversation of the viewer, of a long one the end; undefined for any other id, whatever it is. */
export async function readConversationPage(id: string): Promise<ConversationPageData | undefined> {
  const viewerId = await readViewerId();
  if (!viewerId || !isId(id)) return undefined;
  const runtime = await getRuntime();
  const conversation = await readConversation(runtime, viewerId, id);
  return conversation && { ...(await readShell(runtime, viewerId)), conversation: endOf(conversation) };
}

/** Providers as they were last seen: the page looks at them itself, so that it is there at once. */
export async function readSettingsPage(): Promise<SettingsPageData> {
  const runtime = await getRuntime();
  const { settings, config } = runtime;
  const viewerId = (await readViewerId()) ?? '';
  const [providers, overrides] = await Promise.all([
    settings.list(viewerId, { look: false }),
    settings.listOverrides(viewerId),
  ]);
  const { kind, place, version } = runtime.store.describe();
  return {
    providers,
    presets: settings.presets(),
    overrides,
    facts: [
      { name: 'Conversations and settings', value: `${kind === 'sqlite' ? 'SQLite' : 'PostgreSQL'} ${version}` },
      // Where things are on the server is not for everyone who can reach a public one.
      ...(config.isPublic ? [] : [{ name: 'Kept in', value: place }]),
      { name: 'Keys', value: 'Encrypted with the secret of this server; without it they cannot be read.' },
      { name: 'Thinkglass', value: config.version },
    ],
  };
}

/** Once a request, though both the frame and the page inside it ask. */
const readShell = cache(async (runtime: Runtime, viewerId: string | undefined): Promise<ShellData> => {
  const conversations = viewerId
    ? await runtime.store.conversations.list(viewerId, { limit: sidebarLimit, view: 'shown' })
    : { conversations: [] };
  const models = viewerId ? await runtime.models.forViewer(viewerId) : runtime.registry;
  return { providers: models.list(), conversations };
});

/** The proxy has given everyone a viewer by now. */
async function readViewerId(): Promise<string | undefined> {
  const jar = await cookies();
  return (await findViewer((name) => jar.get(name)?.value))?.id;
}
