import {
  type ExportedConversation,
  type ExportedGeneration,
  type ExportFile,
  exportFormat,
  exportVersion,
} from '../exported.ts';
import { errorSentence, noticeSentence } from '../sentences.ts';

/** A file that holds all that is known of these conversations; docs/export.md says what each field is. */
export function renderExportFile(conversations: readonly ExportedConversation[], exportedAt: number): string {
  const file = {
    format: exportFormat,
    version: exportVersion,
    exportedAt,
    conversations: conversations.map((conversation) => ({
      ...conversation,
      messages: conversation.messages.map(({ generation, ...message }) => ({
        ...message,
        ...(generation && { generation: withSentences(generation) }),
      })),
    })),
  } satisfies ExportFile;
  return `${JSON.stringify(file)}\n`;
}

/** Notices and errors in words too, for people and for versions that know no facts; an import makes no use of them. */
function withSentences({ notices, error, ...generation }: ExportedGeneration) {
  return {
    ...generation,
    notices: notices.map((notice) => ({ ...notice, message: noticeSentence(notice) })),
    ...(error && { error: { ...error, message: errorSentence(error) } }),
  };
}
