import { sql } from 'kysely';
import type { Conversation, ConversationDetail, Thread, ThreadDetail, ThreadSettings } from '../../conversation.ts';
import type { ExportedConversation } from '../../exported.ts';
import type { Health } from '../../health.ts';
import type { RawText } from '../../raw-text.ts';
import type { ShareSummary } from '../../share.ts';
import type { SearchPage } from '../../search/search.ts';
import type { TokenLog, TokenLogEntry, TokenLogFilter } from '../../token-log.ts';
import type { ListedModel, ModelOverride, ModelOverrideEntry } from '../../provider.ts';
import type { AttachedContent } from '../../attachment.ts';
import { findAttachment, readAttachments } from './attachments.ts';
import { createAsk, type NewAsk, type NewAsks } from './asks.ts';
import { type DeletedBranch, deleteBranch } from './branches.ts';
import { appendCheckpoints, type Checkpoint } from './checkpoints.ts';
import {
  type ConversationChange,
  createConversation,
  deleteConversation,
  findConversation,
  findTitle,
  hasConversation,
  type ListView,
  listConversations,
  type NewConversation,
  renameConversation,
  saveModelTitle,
  updateConversation,
} from './conversations.ts';
import { hideAllConversations, hideConversation, purgeDeleted, restoreConversation } from './deletions.ts';
import { createEngine, type Engine } from './engine.ts';
import {
  findGeneration,
  finishGeneration,
  type GenerationDetail,
  type GenerationResult,
  listRunning,
  type NewGeneration,
  type RunningGeneration,
} from './generations.ts';
import { heartbeat, interruptLeftovers, type LeftoverSearch, type NewInstance, registerInstance } from './instances.ts';
import { type FiledAnswer, findRawText, type Refiling, refileAnswer, saveThoughtHealth } from './raw-texts.ts';
import { migrate } from './migrations.ts';
import { openPostgres } from './postgres.ts';
import {
  createProvider,
  deleteProvider,
  findProvider,
  listModelOverrides,
  listProviders,
  type OwnProvider,
  type OwnProviderChange,
  putModelOverrides,
  type SealedKey,
  saveListedModels,
  updateProvider,
} from './own-providers.ts';
import { indexForSearch, searchConversations } from './search.ts';
import {
  countShareView,
  createShare,
  findOpenShare,
  forkShare,
  listShares,
  type NewShare,
  type OpenShare,
  revokeShare,
  type ShareFork,
  updateShareExpiry,
} from './shares.ts';
import { openSqlite } from './sqlite.ts';
import { exportConversation, importConversations, listConversationIds } from './transfers.ts';
import { createThread, deleteThread, type NewThread, updateThread } from './thread-changes.ts';
import { findThread } from './threads.ts';
import { listTokenLog, readTokenLog } from './token-log.ts';

/** The words of the interface below. */
export type {
  Checkpoint,
  DeletedBranch,
  ConversationChange,
  FiledAnswer,
  GenerationDetail,
  GenerationResult,
  LeftoverSearch,
  ListView,
  NewAsk,
  NewAsks,
  NewConversation,
  NewGeneration,
  NewInstance,
  NewShare,
  NewThread,
  OpenShare,
  OwnProvider,
  OwnProviderChange,
  Refiling,
  RunningGeneration,
  SealedKey,
  ShareFork,
};

export type StoreOptions = { kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string };

/**
 * What lasts. Every per-person function takes the owner first, and answers for a stranger's id exactly as for an unknown one.
 * What a promise has acknowledged is on the disk. Texts come back with NUL and lone surrogates replaced by U+FFFD.
 * Everything it throws is an AppError: `unavailable` (busy, restarting, stopping), `storage_full`, `internal`, and those named below.
 */
export interface Store {
  /**
   * The same id again makes nothing and answers `created: false`.
   * @throws AppError `conflict` when an id is in use for something else; `not_found` for a path that is to be copied.
   */
  createConversation(ownerId: string, conversation: NewConversation): Promise<{ created: boolean }>;
  /** All that is in it, messages in the order they were stored; a running answer has its text so far. */
  findConversation(ownerId: string, id: string): Promise<ConversationDetail | undefined>;
  hasConversation(ownerId: string, id: string): Promise<boolean>;
  /**
   * Newest question first: all of them, or what `view` says. `next`, when there are more, is the `before` of the next page.
   * @throws AppError `bad_request` for a `before` that is none of ours.
   */
  listConversations(
    ownerId: string,
    options: { limit: number; before?: string; view?: ListView },
  ): Promise<{ conversations: Conversation[]; next?: string }>;
  /** False when there is none. */
  renameConversation(ownerId: string, id: string, title: string): Promise<boolean>;
  /**
   * Changes what is given. What is archived is not pinned, and the other way round. `at` in epoch ms. Undefined when there
   * is none.
   */
  updateConversation(
    ownerId: string,
    id: string,
    change: ConversationChange & { at: number },
  ): Promise<Conversation | undefined>;
  /** A conversation's title, and who made it. Undefined when there is no such conversation. */
  findTitle(
    ownerId: string,
    id: string,
  ): Promise<{ title: string; source: 'question' | 'model' | 'person' } | undefined>;
  /** Puts a model's title in the place of the question's; a person's own stays. False when nothing was changed. */
  saveModelTitle(ownerId: string, id: string, title: string): Promise<boolean>;
  /** With all that is in it, for good: what still runs can no longer write. False when there is none. */
  deleteConversation(ownerId: string, id: string): Promise<boolean>;
  /**
   * Deletes with a way back: from here on it answers as if it were unknown, and its shared links are gone. `at` in epoch
   * ms. False when there is none.
   */
  hideConversation(ownerId: string, id: string, at: number): Promise<boolean>;
  /** The same with all of a person's conversations; answers their ids. */
  hideAllConversations(ownerId: string, at: number): Promise<string[]>;
  /** Takes back a deletion, but for shared links. Undefined when it was purged, or never deleted by this person. */
  restoreConversation(ownerId: string, id: string): Promise<Conversation | undefined>;
  /** Takes away for good what was deleted at `before` (epoch ms) or earlier; answers how many conversations that was. */
  purgeDeleted(before: number): Promise<number>;

  findThread(ownerId: string, threadId: string): Promise<Thread | undefined>;
  /**
   * Adds a column. The same id again makes nothing and answers `created: false`. Answers that are copied get new ids and say
   * which generation they were copied from; one that still runs is left out, with its question and all after it.
   * @throws AppError `not_found` for the conversation and for a path that is to be copied; `conflict` when there are as many
   * columns as there may be, or the id is in use for something else.
   */
  createThread(
    ownerId: string,
    conversationId: string,
    thread: NewThread,
  ): Promise<{ created: boolean; thread: ThreadDetail }>;
  /**
   * Changes what is given; a position beyond the end is the end. Undefined when there is none.
   * @throws AppError `not_found` for a `leafId` that is none of its messages.
   */
  updateThread(
    ownerId: string,
    threadId: string,
    change: { settings?: ThreadSettings; position?: number; leafId?: string },
  ): Promise<Thread | undefined>;
  /**
   * With all that is in it, for good; `running` is what ran in it and can no longer write. Undefined when there is none.
   * @throws AppError `conflict` for the last one of a conversation.
   */
  deleteThread(ownerId: string, threadId: string): Promise<{ running: string[] } | undefined>;
  /**
   * Takes a message away with all that follows it, for good; the only answer of a question goes with its question.
   * Undefined when there is none.
   */
  deleteBranch(ownerId: string, messageId: string): Promise<DeletedBranch | undefined>;

  /**
   * Stores questions, empty answers and running generations, all or none. The same call again writes nothing.
   * @throws AppError `not_found` for the conversation, a thread, a parent or an existing question; `bad_request` for a parent that is
   * no answer; `conflict` when an id is in use for something else.
   */
  createAsk(ownerId: string, conversationId: string, ask: NewAsks): Promise<{ created: boolean }>;
  /** What is attached to messages, with what is in it, by message; nothing for those without. */
  readAttachments(ownerId: string, messageIds: readonly string[]): Promise<Map<string, AttachedContent[]>>;
  findAttachment(ownerId: string, place: { messageId: string; position: number }): Promise<AttachedContent | undefined>;

  /**
   * Adds to running answers, in one transaction. The same `seq` again is ignored. `ended` names the generations that no longer run,
   * here or at all; nothing was written for them.
   */
  appendCheckpoints(batch: readonly Checkpoint[]): Promise<{ ended: string[] }>;
  /** Writes the answer and its row of the token log. False when somebody else has done it, or it was deleted. */
  finishGeneration(generationId: string, result: GenerationResult): Promise<boolean>;
  findGeneration(ownerId: string, id: string): Promise<GenerationDetail | undefined>;
  /** What the model wrote; of a running one what was checkpointed, of an older one what its parts tell. */
  findRawText(ownerId: string, id: string): Promise<RawText | undefined>;
  /**
   * Files a finished answer otherwise, as `decide` says of it as it is; undefined from `decide` leaves it. `decide` may be
   * asked more than once. Answers with the answer as it is then.
   * @throws AppError `conflict` while it runs.
   */
  refileAnswer(
    ownerId: string,
    id: string,
    decide: (filed: FiledAnswer) => Refiling | undefined,
  ): Promise<FiledAnswer | undefined>;
  /** Keeps what was measured of a thought that was filed otherwise. False when it is another thought by now. */
  saveThoughtHealth(
    ownerId: string,
    id: string,
    measured: { thinking: string; health: Omit<Health, 'format'> },
  ): Promise<boolean>;
  /** In the order they were asked. */
  listRunning(ownerId: string, conversationId: string): Promise<RunningGeneration[]>;

  /**
   * The same id again makes nothing and answers `created: false`.
   * @throws AppError `conflict` when the id is somebody else's.
   */
  createProvider(ownerId: string, provider: OwnProvider): Promise<{ created: boolean }>;
  /** In the order they were added. */
  listProviders(ownerId: string): Promise<OwnProvider[]>;
  findProvider(ownerId: string, id: string): Promise<OwnProvider | undefined>;
  /** Changes what is given; undefined when there is none. */
  updateProvider(ownerId: string, id: string, change: OwnProviderChange): Promise<OwnProvider | undefined>;
  /** Keeps what a server's list holds, unless it has moved to another base URL meanwhile. */
  saveListedModels(ownerId: string, id: string, list: { baseURL: string; models: ListedModel[] }): Promise<void>;
  /** With its key and all that was said about its models, for good. False when there is none. */
  deleteProvider(ownerId: string, id: string): Promise<boolean>;
  listModelOverrides(ownerId: string): Promise<ModelOverrideEntry[]>;
  /** All or none; null forgets one. */
  putModelOverrides(
    ownerId: string,
    entries: readonly { providerId: string; modelKey: string; override: ModelOverride | null }[],
  ): Promise<void>;

  /** All of a person's, archived ones too, in the order they were begun. */
  listConversationIds(ownerId: string): Promise<string[]>;
  /** All that is known of a conversation; a running answer as far as it has come, as interrupted. */
  exportConversation(ownerId: string, id: string): Promise<ExportedConversation | undefined>;
  /**
   * Makes conversations as they are told, all or none, under new ids; answers with those. An answer that is here already
   * (it was exported from here, or imported before) is kept as a copy of it. What names something outside of its
   * conversation is refused before, by the import's schema.
   */
  importConversations(
    ownerId: string,
    conversations: readonly ExportedConversation[],
    by: { instanceId: string },
  ): Promise<{ ids: string[] }>;

  /**
   * What a person's conversations hold of a query, newest first.
   * @throws AppError `bad_request` for a `before` that is none of ours.
   */
  search(ownerId: string, search: { query: string; limit: number; before?: string }): Promise<SearchPage>;
  /** Puts into the search index what is not in it yet, of everybody; answers how much that was. A search does so too. */
  indexForSearch(): Promise<number>;

  /**
   * A link to what a snapshot holds, under a new id. Undefined when there is no such conversation.
   * @throws AppError `too_large` for a snapshot, `conflict` for too many links.
   */
  createShare(ownerId: string, share: NewShare): Promise<ShareSummary | undefined>;
  /** Newest first, expired ones too, revoked ones not. */
  listShares(ownerId: string): Promise<ShareSummary[]>;
  /** Undefined when there is none. `expiresAt` in epoch ms; undefined: never. */
  updateShareExpiry(ownerId: string, id: string, expiresAt: number | undefined): Promise<ShareSummary | undefined>;
  /** For good: from then on it is as if it had never been. False when there is none. */
  revokeShare(ownerId: string, id: string, at: number): Promise<boolean>;
  /** The one read without an owner: undefined for what is revoked, expired at `at` (epoch ms), deleted or unknown. */
  findOpenShare(id: string, at: number): Promise<OpenShare | undefined>;
  countShareView(id: string, at: number): Promise<void>;
  /**
   * Makes a conversation of somebody's own out of a share. Its answers count as copies. The same id again makes nothing.
   * @throws AppError `conflict` when the id is in use for something else.
   */
  forkShare(ownerId: string, fork: ShareFork): Promise<{ created: boolean }>;

  /**
   * What the generations of a person come to; days are those of the time zone.
   * @throws AppError `bad_request` for a time zone that there is none of.
   */
  readTokenLog(ownerId: string, filter: TokenLogFilter, timeZone: string): Promise<TokenLog>;
  /** Rows of the same log, oldest first, at most `limit` behind the one named by `after`. */
  listTokenLog(
    ownerId: string,
    filter: TokenLogFilter,
    page: { after?: Pick<TokenLogEntry, 'queuedAt' | 'id'>; limit: number },
  ): Promise<TokenLogEntry[]>;

  registerInstance(instance: NewInstance): Promise<void>;
  /** Says that a process lives. `at`: epoch ms. */
  heartbeat(instanceId: string, at: number): Promise<void>;
  /** Ends what dead processes have left running, keeping what had arrived; answers how many. */
  interruptLeftovers(search: LeftoverSearch): Promise<number>;

  /** Which engine, where (never a password), which version. */
  describe(): { kind: 'sqlite' | 'postgres'; place: string; version: string };
  /** @throws AppError `unavailable` when the database does not answer. */
  ping(): Promise<void>;
  /** Waits for what is under way; later calls are refused. */
  close(): Promise<void>;
}

/**
 * Opens the store and brings its tables up to date.
 * @throws AppError `unavailable` when it cannot be reached, opened, or was written by a newer version of this program.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const engine = createEngine(options.kind === 'sqlite' ? await openSqlite(options) : openPostgres(options));
  try {
    await migrate(engine, { at: Date.now() });
    return createStore(engine, await readVersion(engine));
  } catch (error) {
    await engine.close().catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

async function readVersion(engine: Engine): Promise<string> {
  const query =
    engine.kind === 'sqlite'
      ? sql<{ version: string }>`select sqlite_version() as version`
      : sql<{ version: string }>`select current_setting('server_version') as version`;
  const { rows } = await engine.read((db) => query.execute(db));
  return rows[0]?.version ?? '';
}

function createStore(engine: Engine, version: string): Store {
  return {
    createConversation: (ownerId, conversation) => createConversation(engine, ownerId, conversation),
    findConversation: (ownerId, id) => findConversation(engine, ownerId, id),
    hasConversation: (ownerId, id) => hasConversation(engine, ownerId, id),
    listConversations: (ownerId, options) => listConversations(engine, ownerId, options),
    renameConversation: (ownerId, id, title) => renameConversation(engine, ownerId, id, title),
    updateConversation: (ownerId, id, change) => updateConversation(engine, ownerId, id, change),
    findTitle: (ownerId, id) => findTitle(engine, ownerId, id),
    saveModelTitle: (ownerId, id, title) => saveModelTitle(engine, ownerId, id, title),
    deleteConversation: (ownerId, id) => deleteConversation(engine, ownerId, id),
    hideConversation: (ownerId, id, at) => hideConversation(engine, ownerId, id, at),
    hideAllConversations: (ownerId, at) => hideAllConversations(engine, ownerId, at),
    restoreConversation: (ownerId, id) => restoreConversation(engine, ownerId, id),
    purgeDeleted: (before) => purgeDeleted(engine, before),
    findThread: (ownerId, threadId) => findThread(engine, ownerId, threadId),
    createThread: (ownerId, conversationId, thread) => createThread(engine, ownerId, conversationId, thread),
    updateThread: (ownerId, threadId, change) => updateThread(engine, ownerId, threadId, change),
    deleteBranch: (ownerId, messageId) => deleteBranch(engine, ownerId, messageId),
    deleteThread: (ownerId, threadId) => deleteThread(engine, ownerId, threadId),
    createAsk: (ownerId, conversationId, ask) => createAsk(engine, ownerId, conversationId, ask),
    readAttachments: (ownerId, messageIds) => readAttachments(engine, ownerId, messageIds),
    findAttachment: (ownerId, place) => findAttachment(engine, ownerId, place),
    appendCheckpoints: (batch) => appendCheckpoints(engine, batch),
    finishGeneration: (generationId, result) => finishGeneration(engine, generationId, result),
    findGeneration: (ownerId, id) => findGeneration(engine, ownerId, id),
    findRawText: (ownerId, id) => findRawText(engine, ownerId, id),
    saveThoughtHealth: (ownerId, id, measured) => saveThoughtHealth(engine, ownerId, id, measured),
    refileAnswer: (ownerId, id, decide) => refileAnswer(engine, ownerId, id, decide),
    listRunning: (ownerId, conversationId) => listRunning(engine, ownerId, conversationId),
    createProvider: (ownerId, provider) => createProvider(engine, ownerId, provider),
    listProviders: (ownerId) => listProviders(engine, ownerId),
    findProvider: (ownerId, id) => findProvider(engine, ownerId, id),
    updateProvider: (ownerId, id, change) => updateProvider(engine, ownerId, id, change),
    saveListedModels: (ownerId, id, list) => saveListedModels(engine, ownerId, id, list),
    deleteProvider: (ownerId, id) => deleteProvider(engine, ownerId, id),
    listModelOverrides: (ownerId) => listModelOverrides(engine, ownerId),
    putModelOverrides: (ownerId, entries) => putModelOverrides(engine, ownerId, entries),
    listConversationIds: (ownerId) => listConversationIds(engine, ownerId),
    exportConversation: (ownerId, id) => exportConversation(engine, ownerId, id),
    importConversations: (ownerId, conversations, by) => importConversations(engine, ownerId, conversations, by),
    search: (ownerId, search) => searchConversations(engine, ownerId, search),
    indexForSearch: () => indexForSearch(engine),
    createShare: (ownerId, share) => createShare(engine, ownerId, share),
    listShares: (ownerId) => listShares(engine, ownerId),
    updateShareExpiry: (ownerId, id, expiresAt) => updateShareExpiry(engine, ownerId, id, expiresAt),
    revokeShare: (ownerId, id, at) => revokeShare(engine, ownerId, id, at),
    findOpenShare: (id, at) => findOpenShare(engine, id, at),
    countShareView: (id, at) => countShareView(engine, id, at),
    forkShare: (ownerId, fork) => forkShare(engine, ownerId, fork),
    readTokenLog: (ownerId, filter, timeZone) => readTokenLog(engine, ownerId, filter, { timeZone }),
    listTokenLog: (ownerId, filter, page) => listTokenLog(engine, ownerId, filter, page),
    registerInstance: (instance) => registerInstance(engine, instance),
    heartbeat: (instanceId, at) => heartbeat(engine, instanceId, at),
    interruptLeftovers: (search) => interruptLeftovers(engine, search),
    describe: () => ({ kind: engine.kind, place: engine.place, version }),
    async ping() {
      await engine.read((db) => db.selectFrom('instances').select('id').limit(1).execute());
    },
    close: () => engine.close(),
  };
}
