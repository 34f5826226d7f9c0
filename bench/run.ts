/**
 * The project's own benchmark: `npm run bench` (all), `npm run bench -- page`, `server`, `asking`, `instances`, `token-log`, `search`, `lab`, `inside`, `--quick`, `--only "8k at"`.
 * Prints a table, writes bench/results.json, and says which goals are not met; that is no failure. `--profile` writes a
 * CPU profile of each stream in the app too, which costs some of what it measures.
 */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import type { BenchRow } from './row.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
});
const wanted = positionals.length > 0 ? positionals : ['page', 'server', 'search'];
const rows: BenchRow[] = [];
if (wanted.includes('page')) {
  const { runPageBench } = await import('./page.ts');
  rows.push(...(await runPageBench({ quick: values.quick, only: values.only, profile: values.profile })));
}
if (wanted.includes('server')) {
  const { runServerBench } = await import('./server.ts');
  rows.push(...(await runServerBench({ quick: values.quick })));
}
if (wanted.includes('asking')) {
  const { runAskingBench } = await import('./asking.ts');
  rows.push(...(await runAskingBench({ quick: values.quick })));
}
if (wanted.includes('instances')) {
  const { runInstancesBench } = await import('./instances.ts');
  rows.push(...(await runInstancesBench({ quick: values.quick })));
}
if (wanted.includes('search')) {
  const { runSearchBench } = await import('./search.ts');
  rows.push(...(await runSearchBench({ quick: values.quick })));
}
if (wanted.includes('lab')) {
  const { runLabBench } = await import('./lab.ts');
  rows.push(...(await runLabBench({ quick: values.quick })));
}
if (wanted.includes('inside')) {
  const { runInsideBench } = await import('./inside.ts');
  rows.push(...(await runInsideBench({ quick: values.quick })));
}
if (wanted.includes('token-log')) {
  const { runTokenLogBench } = await import('./token-log.ts');
  rows.push(...(await runTokenLogBench({ quick: values.quick })));
}

const machine = { cpus: os.cpus().length, cpu: os.cpus()[0]?.model ?? '', node: process.version };
writeFileSync(
  new URL('results.json', import.meta.url),
  `${JSON.stringify({ at: new Date().toISOString(), machine, rows }, null, 2)}\n`,
);
console.log(tableOf(rows));
const missed = rows.filter((row) => row.met === false);
const judged = rows.filter((row) => row.met !== null);
console.log(`\n${judged.length - missed.length} of ${judged.length} goals met.`);
for (const row of missed) {
  const by = row.ratio === null ? inWords(row.value, row.unit) : `${row.ratio.toFixed(2)}×`;
  console.log(`Not met: ${row.case}, ${row.figure}: ${by}, the goal is ${row.goal}.`);
}

/** A table in Markdown, so that it can be pasted into bench/README.md; aligned, so that it can be read as it stands. */
function tableOf(all: readonly BenchRow[]): string {
  const lines = all.map((row) => [
    row.case,
    row.figure,
    inWords(row.value, row.unit),
    row.floor === null ? '' : inWords(row.floor, row.unit),
    row.ratio === null ? '' : `${row.ratio.toFixed(2)}×`,
    row.goal,
    row.met === null ? '' : row.met ? 'met' : 'not met',
  ]);
  const head = ['case', 'figure', 'value', 'floor', 'ratio', 'goal', ''];
  const widths = head.map((name, i) => Math.max(name.length, ...lines.map((line) => line[i]?.length ?? 0)));
  const drawn = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [drawn(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...lines.map(drawn)].join('\n');
}

function inWords(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })}${unit === '' ? '' : ` ${unit}`}`;
}
