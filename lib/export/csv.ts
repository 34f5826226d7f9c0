export type CsvCell = string | number | boolean | null | undefined;

/**
 * One line of a CSV file, with its line end (RFC 4180). A text that a spreadsheet would run as a formula begins with an
 * apostrophe, which makes it a text there. Source of the list of first characters: OWASP, "CSV Injection".
 */
export function renderCsvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(renderCell).join(',')}\r\n`;
}

function renderCell(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
