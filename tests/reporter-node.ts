import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';

/** The part of the runner's events that is read here (nodejs.org, "test runner", class TestsStream). */
interface RunnerEvent {
  type: string;
  data?: {
    name?: string;
    /** Absent on what is said about a whole run. */
    file?: string;
    /** Absent on what is said about a file as a whole, which the runner also calls a test. */
    entryFile?: string;
    testId?: number;
    line?: number;
    /** The name of the test or suite around it. */
    classname?: string;
    message?: string;
    skip?: string | boolean;
    todo?: string | boolean;
    duration_ms?: number;
    details?: { duration_ms?: number; type?: string; error?: Error & { failureType?: string } };
  };
}

interface FileResult {
  passed: number;
  failed: number;
  skipped: number;
  /** What its process printed; shown only when something in it failed. */
  output: string;
  problems: string[];
  /** Names of the tests that have begun and not ended, by the runner's id. */
  running: Map<number, string>;
}

/**
 * The reporter of `node --test`: a line per file, every failure in full at the end, and the totals as JSON in the file
 * that TEST_TOTALS names, for scripts/test.mjs. A file without a test counts as failed, which the runner would call passed.
 */
export default async function* reportTests(events: AsyncIterable<RunnerEvent>): AsyncGenerator<string> {
  const results = new Map<string, FileResult>();
  for await (const { type, data } of events) {
    if (type === 'test:interrupted') {
      for (const result of results.values()) recordInterrupted(result);
      yield conclude(results); // the runner ends without ending its events
    }
    const file = data?.entryFile ?? data?.file;
    if (!data || !file) continue;
    const name = path.relative(process.cwd(), path.resolve(file));
    const result = results.get(name) ?? newResult();
    results.set(name, result);
    record(result, type, data);
    const isItsLast = type === 'test:summary' || (!data.entryFile && (type === 'test:pass' || type === 'test:fail'));
    if (isItsLast) yield lineOf(name, result, data.duration_ms ?? data.details?.duration_ms ?? 0);
  }
  yield conclude(results);
}

/** Writes the totals and returns the failures in full. */
function conclude(results: ReadonlyMap<string, FileResult>): string {
  if (process.env.TEST_TOTALS) writeFileSync(process.env.TEST_TOTALS, JSON.stringify(totalsOf([...results.values()])));
  const failed = [...results].filter(([, { problems }]) => problems.length > 0);
  return failed.map(([name, result]) => detailsOf(name, result)).join('');
}

function newResult(): FileResult {
  return { passed: 0, failed: 0, skipped: 0, output: '', problems: [], running: new Map() };
}

function record(result: FileResult, type: string, data: NonNullable<RunnerEvent['data']>): void {
  if (type === 'test:stdout' || type === 'test:stderr') result.output += data.message ?? '';
  if (data.entryFile && data.testId !== undefined) {
    if (type === 'test:dequeue') result.running.set(data.testId, data.name ?? '');
    if (type === 'test:complete') result.running.delete(data.testId);
  }
  if (type === 'test:pass') recordPass(result, data);
  if (type === 'test:fail') recordFailure(result, data);
}

function recordPass(result: FileResult, data: NonNullable<RunnerEvent['data']>): void {
  if (!data.entryFile) {
    result.failed += 1;
    result.problems.push('the file holds no test');
  } else if (isSkipped(data)) {
    result.skipped += 1;
  } else if (data.details?.type !== 'suite') {
    result.passed += 1;
  }
}

function recordFailure(result: FileResult, data: NonNullable<RunnerEvent['data']>): void {
  const error = data.details?.error;
  if (error?.failureType === 'subtestsFailed') return; // told where it happened
  if (isSkipped(data)) {
    result.skipped += 1; // a todo may fail
    return;
  }
  result.failed += 1;
  if (!data.entryFile) {
    result.problems.push('its process did not end well; what it printed is below');
    return;
  }
  const where = data.classname ? `${data.classname} › ` : '';
  result.problems.push(`${where}${data.name} (line ${data.line ?? '?'})\n${indent(wordsOf(error))}`);
}

function isSkipped({ skip, todo }: { skip?: string | boolean; todo?: string | boolean }): boolean {
  return (skip !== undefined && skip !== false) || (todo !== undefined && todo !== false);
}

/** The time was up, or somebody pressed Ctrl-C: what was running then has not passed. */
function recordInterrupted(result: FileResult): void {
  for (const name of result.running.values()) {
    result.failed += 1;
    result.problems.push(`${name}\n    was still running when the tests were stopped`);
  }
  result.running.clear();
}

function wordsOf(error: (Error & { failureType?: string }) | undefined): string {
  const cause = error?.cause ?? error;
  const words = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  // The runner's own frames say nothing about the test.
  return words
    .split('\n')
    .filter((line) => !/^\s+at .*(node:internal|node:async_hooks)/.test(line))
    .join('\n');
}

function lineOf(name: string, { passed, failed, skipped }: FileResult, milliseconds: number): string {
  const parts = [
    `${passed} passed`,
    ...(failed ? [`${failed} failed`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ];
  return `  ${failed ? '✗' : '✓'} ${name}  ${parts.join(', ')}  ${(milliseconds / 1000).toFixed(1)} s\n`;
}

function detailsOf(name: string, { problems, output }: FileResult): string {
  const told = problems.map((problem) => `\n✗ ${name}: ${problem}\n`).join('');
  return output.trim() === '' ? told : `${told}\n  ${name} printed:\n${indent(output.trimEnd())}\n`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}

function totalsOf(results: readonly FileResult[]): { passed: number; failed: number; skipped: number } {
  const sum = (pick: (result: FileResult) => number) => results.reduce((total, result) => total + pick(result), 0);
  return { passed: sum((r) => r.passed), failed: sum((r) => r.failed), skipped: sum((r) => r.skipped) };
}
