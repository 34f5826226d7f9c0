import { type ExportedConversation, type ExportFile, exportFormat, exportVersion } from '../exported.ts';

/** A file that holds all that is known of these conversations; docs/export.md says what each field is. */
export function renderExportFile(conversations: readonly ExportedConversation[], exportedAt: number): string {
  const file: ExportFile = {
    format: exportFormat,
    version: exportVersion,
    exportedAt,
    conversations: [...conversations],
  };
  return `${JSON.stringify(file)}\n`;
}
