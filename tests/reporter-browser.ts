import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, TestCase, TestError, TestResult } from '@playwright/test/reporter';

/**
 * The reporter of Playwright: a line per test, every failure in full where it happens, and the totals as JSON in the file
 * that TEST_TOTALS names, for scripts/test.mjs. An error outside of a test counts as one that failed.
 */
export default class BrowserReporter implements Reporter {
  private readonly totals = { passed: 0, failed: 0, skipped: 0 };

  onTestEnd(test: TestCase, result: TestResult): void {
    const name = nameOf(test);
    const seconds = `${(result.duration / 1000).toFixed(1)} s`;
    if (result.status === 'skipped') {
      this.totals.skipped += 1;
      print(`  - ${name}  skipped`);
    } else if (test.ok()) {
      this.totals.passed += 1;
      print(`  ✓ ${name}  ${seconds}`);
    } else {
      this.totals.failed += 1;
      print(`  ✗ ${name}  ${result.status} after ${seconds}`);
      for (const error of result.errors) print(wordsOf(error));
      for (const { name: kind, path: file } of result.attachments) if (file) print(`    ${kind}: ${relative(file)}`);
      printOutput(result);
    }
  }

  onError(error: TestError): void {
    this.totals.failed += 1;
    print(`  ✗ outside of a test\n${wordsOf(error)}`);
  }

  onEnd(): void {
    if (process.env.TEST_TOTALS) writeFileSync(process.env.TEST_TOTALS, JSON.stringify(this.totals));
  }

  printsToStdio(): boolean {
    return true;
  }
}

function nameOf(test: TestCase): string {
  const titles = test.titlePath().slice(3); // the root, the project and the file
  return `${relative(test.location.file)}: ${titles.join(' › ')}`;
}

function relative(file: string): string {
  return path.relative(process.cwd(), file);
}

function wordsOf(error: TestError): string {
  const words = [error.stack ?? error.message ?? error.value ?? 'no words', error.snippet ?? ''];
  // Playwright colours its words whether the terminal can show that or not.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  return indent(words.join('\n').replace(/\x1b\[[0-9;]*m/g, ''));
}

function printOutput({ stdout, stderr }: TestResult): void {
  const output = [...stdout, ...stderr].map(String).join('').trimEnd();
  if (output !== '') print(`    it printed:\n${indent(output)}`);
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '    ');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
