import { cookies } from 'next/headers';
import type { Conversation, ConversationDetail } from '../conversation.ts';
import { isId } from '../ids.ts';
import type { ProviderModels } from '../model.ts';
import { findViewer, viewerCookieName } from './auth/viewer.ts';
import { readConversation } from './generation/read-conversation.ts';
import { exampleQuestions } from './providers/replay/models.ts';
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

export interface ConversationPageData extends ShellData {
  conversation: ConversationDetail;
}

const sidebarLimit = 50;

/** What the page for a new chat shows. */
export async function readHomePage(): Promise<HomePageData> {
  const runtime = await getRuntime();
  const shell = await readShell(runtime, await readViewerId());
  return { ...shell, examples: exampleQuestions.map((e) => ({ ...e, providerId: 'replay' })) };
}

/** A conversation of the viewer; undefined for any other id, whatever it is. */
export async function readConversationPage(id: string): Promise<ConversationPageData | undefined> {
  const viewerId = await readViewerId();
  if (!viewerId || !isId(id)) return undefined;
  const runtime = await getRuntime();
  const conversation = await readConversation(runtime, viewerId, id);
  return conversation && { ...(await readShell(runtime, viewerId)), conversation };
}

async function readShell(runtime: Runtime, viewerId: string | undefined): Promise<ShellData> {
  const conversations = viewerId
    ? await runtime.store.listConversations(viewerId, { limit: sidebarLimit })
    : { conversations: [] };
  const models = viewerId ? await runtime.models.forViewer(viewerId) : runtime.registry;
  return { providers: models.list(), conversations };
}

/** The proxy has given everyone a viewer by now. */
async function readViewerId(): Promise<string | undefined> {
  const jar = await cookies();
  return (await findViewer(jar.get(viewerCookieName)?.value))?.id;
}
