import type { Spread, TokenLog, TokenLogEntry, TokenLogFigures } from '../token-log.ts';
import { type CsvCell, renderCsvLine } from './csv.ts';

export const usageFormats = ['csv', 'jsonl'] as const;
export type UsageFormat = (typeof usageFormats)[number];

/** A row of a table, by the names of its columns; every row of a table has the same, in the same order. */
type Row = Record<string, CsvCell>;

/** The models of a period, one a line. */
export function renderModels(log: TokenLog, format: UsageFormat): string {
  const rows = log.models.map((model) => ({
    provider: model.providerLabel,
    providerId: model.providerId,
    model: model.modelLabel,
    modelKey: model.modelKey,
    ...rowOfFigures(model),
  }));
  return renderRows(rows, format, { header: true });
}

/** The days (or hours, weeks, months) of a period, one a line. */
export function renderSeries(log: TokenLog, format: UsageFormat): string {
  const rows = log.series.map(({ start, generations, promptTokens, reasoningTokens, answerTokens, cost }) => ({
    [log.step]: start,
    generations,
    promptTokens,
    reasoningTokens,
    answerTokens,
    costUsd: cost,
  }));
  return renderRows(rows, format, { header: true });
}

/** Rows of the log; `header` for the first ones of a file. */
export function renderEntries(entries: readonly TokenLogEntry[], format: UsageFormat, header: boolean): string {
  return renderRows(entries.map(rowOfEntry), format, { header });
}

function renderRows(rows: readonly Row[], format: UsageFormat, { header }: { header: boolean }): string {
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const lines = rows.map((row) => renderCsvLine(Object.values(row)));
  return (header && rows[0] ? renderCsvLine(Object.keys(rows[0])) : '') + lines.join('');
}

function rowOfFigures(figures: TokenLogFigures): Row {
  const { outcomes, sources } = figures;
  return {
    generations: figures.generations,
    complete: outcomes.complete,
    stopped: outcomes.stopped,
    interrupted: outcomes.interrupted,
    failed: outcomes.failed,
    recordings: figures.recordings,
    promptTokens: figures.promptTokens,
    cachedPromptTokens: figures.cachedPromptTokens,
    reasoningTokens: figures.reasoningTokens,
    answerTokens: figures.answerTokens,
    ...spreadCells('thinkingTokens', figures.thinking),
    ...spreadCells('firstTokenMs', figures.firstToken),
    ...spreadCells('tokensPerSecond', figures.tokensPerSecond),
    costUsd: figures.priced > 0 ? figures.cost : null,
    priced: figures.priced,
    ranOutWhileThinking: figures.ranOut,
    formatJudged: figures.formatJudged,
    formatOk: figures.formatOk,
    languageJudged: figures.languageJudged,
    languageShare: figures.languageShare ?? null,
    countsReported: sources.reported,
    countsSplit: sources.split,
    countsCounted: sources.counted,
    countsEstimated: sources.estimated,
    countsNone: sources.none,
    countsByEvents: sources.events ?? 0,
  };
}

function spreadCells(name: string, { count, median, p90 }: Spread): Row {
  return { [`${name}Known`]: count, [`${name}Median`]: median ?? null, [`${name}P90`]: p90 ?? null };
}

function rowOfEntry(entry: TokenLogEntry): Row {
  const { queuedAt, cost, pricesAsOf, source, ...rest } = entry;
  return { askedAt: new Date(queuedAt).toISOString(), ...rest, usageSource: source, costUsd: cost, pricesAsOf };
}
