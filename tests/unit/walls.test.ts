import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { findViolations, readImports } from '../../scripts/walls.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** Does something with a folder that holds these files, and removes it. */
function inFolder<T>(files: Record<string, string>, use: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'thinkglass-walls-'));
  try {
    for (const [file, source] of Object.entries(files)) {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), source);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the walls say, sorted, of a project whose files begin with these lines. */
function violationsOf(files: Record<string, readonly string[]>): string[] {
  const sources = Object.entries(files).map(([file, lines]) => [
    file,
    [...lines, 'export interface It {}', ''].join('\n'),
  ]);
  const compilerOptions = {
    module: 'esnext',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    noLib: true,
  };
  const ownPackage = { name: '@it/splitter', exports: { '.': './src/splitter.ts' } };
  const settings = {
    'tsconfig.json': JSON.stringify({ compilerOptions }),
    'packages/splitter/package.json': JSON.stringify(ownPackage),
  };
  return inFolder({ ...Object.fromEntries(sources), ...settings }, (folder) =>
    findViolations(readImports(folder)).sort(),
  );
}

const it = (from: string) => `import type { It } from '${from}';`;

test('what may be imported is let through', () => {
  const files = {
    'lib/usage.ts': [],
    'lib/model.ts': [it('./usage.ts'), "import 'zod';"],
    'lib/reasoning/format.ts': [it('../model.ts'), it('@it/splitter')],
    'packages/splitter/src/splitter.ts': [it('./tag-lexer.ts')],
    'packages/splitter/src/tag-lexer.ts': [],
    'packages/splitter/tests/laws.test.ts': [it('../src/tag-lexer.ts'), "import 'fast-check';"],
    'lib/server/config.ts': [it('../model.ts'), "import 'node:fs';"],
    'lib/server/store/sqlite.ts': [it('../config.ts'), "import 'node:sqlite';", "import 'kysely';"],
    'lib/server/calls/fetch.ts': [it('../config.ts'), "import 'undici';"],
    'lib/server/protocols/protocol.ts': [it('../calls/fetch.ts')],
    'lib/server/protocols/ai-sdk/index.ts': [it('../protocol.ts'), "import '@ai-sdk/provider';", it('./stream.ts')],
    'lib/server/protocols/ai-sdk/stream.ts': [it('../../calls/fetch.ts')],
    'lib/server/protocols/index.ts': [it('./ai-sdk/index.ts'), it('./protocol.ts')],
    'lib/server/providers/registry.ts': [it('../config.ts'), it('../protocols/index.ts')],
    'lib/server/generation/run.ts': [it('../store/sqlite.ts'), it('../providers/registry.ts')],
    'lib/server/respond.ts': [it('../model.ts')],
    'components/ui/button.ts': ["import '@base-ui/react';", "import 'react';"],
    'components/chat/view.ts': [it('../ui/button.ts'), it('../../lib/reasoning/format.ts')],
    'components/answer/view.ts': [it('../conversation/store.ts'), it('../words/usage-source.ts')],
    'components/conversation/store.ts': [it('../client/request.ts')],
    'components/words/usage-source.ts': [],
    'components/client/request.ts': [],
    'components/compare/columns.ts': [it('../answer/view.ts')],
    'app/page.ts': [it('../components/compare/columns.ts'), "import './globals.css';"],
    'app/api/ask/route.ts': [it('../../../lib/server/generation/run.ts'), it('../../../lib/server/respond.ts')],
    'tests/unit/a.test.ts': [it('../../app/page.ts'), "import 'pg';", it('../../lib/server/store/sqlite.ts')],
  };
  assert.deepEqual(violationsOf(files), []);
});

test('each wall refuses', () => {
  const files = {
    'lib/model.ts': [it('./server/config.ts')],
    'lib/ids.ts': ["import 'node:crypto';"],
    'lib/usage.ts': ["import 'react';"],
    'lib/prompts/templates.ts': [it('../../components/ui/button.ts')],
    'lib/server/config.ts': [],
    'lib/server/store/schema.ts': [it('../providers/registry.ts')],
    'lib/server/providers/registry.ts': [it('../store/other.ts'), it('../../reasoning/format.ts')],
    'lib/server/providers/own-server.ts': [it('../protocols/ollama/index.ts'), "import 'undici';"],
    'lib/server/protocols/openai/index.ts': [],
    'lib/server/protocols/ollama/index.ts': [it('../openai/index.ts'), it('../../store/other.ts'), it('../index.ts')],
    'lib/server/protocols/index.ts': [],
    'lib/server/calls/fetch.ts': [it('../protocols/openai/index.ts')],
    'lib/server/store/other.ts': [],
    'lib/server/generation/run.ts': [it('../auth/viewer.ts'), "import 'kysely';"],
    'lib/server/auth/viewer.ts': [],
    'lib/reasoning/format.ts': [],
    'components/ui/button.ts': [it('../../lib/errors.ts')],
    'lib/errors.ts': [],
    'components/charts/bars.ts': [it('@it/splitter')],
    'packages/splitter/src/splitter.ts': [it('../../../lib/usage.ts'), "import 'zod';"],
    'packages/splitter/tests/laws.test.ts': [it('../../../lib/usage.ts')],
    'components/chat/view.ts': [it('../../lib/server/config.ts'), it('../settings/form.ts'), it('../../app/page.ts')],
    'components/compare/columns.ts': [it('../chat/view.ts')],
    'components/conversation/store.ts': [it('../answer/part.ts')],
    'components/answer/part.ts': [],
    'components/settings/form.ts': ["export const load = () => import('ai');"],
    'app/page.ts': [it('../lib/server/generation/run.ts'), "import { Pool } from 'pg';"],
    'app/api/ask/route.ts': [it('../../../components/chat/view.ts'), "import type {} from 'node:sqlite';"],
    'components/charts/line.ts': [it('../../tests/fakes/server.ts')],
    'tests/fakes/server.ts': [],
    'lib/things/thing.ts': ["export type Theirs = import('../server/store/other.ts').It;"],
  };
  assert.deepEqual(violationsOf(files), [
    'app/api/ask/route.ts imports components/chat/view.ts: app/api may not use chat',
    'app/api/ask/route.ts imports node:sqlite: only store may use it',
    'app/page.ts imports lib/server/generation/run.ts: app may not use generation',
    'app/page.ts imports pg: only store may use it',
    'components/charts/bars.ts imports packages/splitter/src/splitter.ts: charts may not use splitter',
    'components/charts/line.ts imports tests/fakes/server.ts: the app does not know its tests and tools',
    'components/chat/view.ts imports app/page.ts: chat may not use app',
    'components/chat/view.ts imports components/settings/form.ts: chat may not use settings',
    'components/chat/view.ts imports lib/server/config.ts: chat may not use config',
    'components/compare/columns.ts imports components/chat/view.ts: compare may not use chat',
    'components/conversation/store.ts imports components/answer/part.ts: conversation may not use answer',
    'components/settings/form.ts imports ai: only a protocol may use it',
    'components/ui/button.ts imports lib/errors.ts: ui may not use vocabulary',
    'lib/ids.ts imports node:crypto: vocabulary may not use it',
    'lib/model.ts imports lib/server/config.ts: vocabulary may not use config',
    'lib/prompts/templates.ts imports components/ui/button.ts: prompts may not use ui',
    'lib/server/calls/fetch.ts imports lib/server/protocols/openai/index.ts: calls may not use a protocol',
    'lib/server/generation/run.ts imports kysely: only store may use it',
    'lib/server/generation/run.ts imports lib/server/auth/viewer.ts: generation may not use auth',
    'lib/server/protocols/ollama/index.ts imports lib/server/protocols/index.ts: a protocol may not use protocols',
    'lib/server/protocols/ollama/index.ts imports lib/server/protocols/openai/index.ts: a protocol may not use another',
    'lib/server/protocols/ollama/index.ts imports lib/server/store/other.ts: a protocol may not use store',
    'lib/server/providers/own-server.ts imports lib/server/protocols/ollama/index.ts: providers may not use a protocol',
    'lib/server/providers/own-server.ts imports undici: only calls may use it',
    'lib/server/providers/registry.ts imports lib/reasoning/format.ts: providers may not use reasoning',
    'lib/server/providers/registry.ts imports lib/server/store/other.ts: providers may not use store',
    'lib/server/store/schema.ts imports lib/server/providers/registry.ts: store may not use providers',
    'lib/things/thing.ts imports lib/server/store/other.ts: lib may not use store',
    'lib/usage.ts imports react: vocabulary may not use it',
    'packages/splitter/src/splitter.ts imports lib/usage.ts: splitter may not use vocabulary',
    'packages/splitter/src/splitter.ts imports zod: splitter may not use it',
    'packages/splitter/tests/laws.test.ts imports lib/usage.ts: the tests of the splitter may not use vocabulary',
  ]);
});

test('a cycle is refused, even of types alone, and told once', () => {
  const files = {
    'lib/a.ts': [it('./b.ts')],
    'lib/b.ts': [it('./c.ts')],
    'lib/c.ts': [it('./a.ts'), it('./d.ts')],
    'lib/d.ts': [],
  };
  assert.deepEqual(violationsOf(files), ['a cycle: lib/a.ts → lib/b.ts → lib/c.ts → lib/a.ts']);
});

/** The rules that biome, set up as it is, finds broken in such a project: `file: rule`, sorted. */
function rulesBrokenBy(files: Record<string, string>): string[] {
  return inFolder(files, (folder) => {
    for (const file of ['biome.json', '.gitignore']) copyFileSync(path.join(root, file), path.join(folder, file));
    const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
    const args = [biome, 'lint', '--diagnostic-level=warn', '--max-diagnostics=100', '--reporter=github'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    assert.match(stdout + stderr, /::error/, stderr);
    return [...`${stdout}${stderr}`.matchAll(/title=lint\/[a-z]+\/([a-zA-Z]+),file=([^,]+),/g)]
      .map(([, rule, file]) => `${path.relative(folder, path.resolve(folder, file ?? ''))}: ${rule}`)
      .sort();
  });
}

test('only the configuration reads the environment', () => {
  const source = 'export const port = process.env.PORT;\n';
  const refused = [
    'app/api/health/route.ts',
    'app/page.tsx',
    'components/chat/view.tsx',
    'lib/server/respond.ts',
    'proxy.ts',
  ];
  const allowed = [
    'lib/server/config.ts',
    'next.config.ts',
    'playwright.config.ts',
    'scripts/start.mjs',
    'tests/a.test.ts',
  ];
  const files = Object.fromEntries([...refused, ...allowed].map((file) => [file, source]));
  assert.deepEqual(
    rulesBrokenBy(files),
    refused.map((file) => `${file}: noProcessEnv`),
  );
});

test('pure code and pages do not fetch, pages hold no state, generations know no requests, and nothing is any', () => {
  const fetches = "export const page = fetch('http://127.0.0.1/');\n";
  const answers = "export const answer = new Response('');\n";
  const holds = "import { useState } from 'react';\n\nexport const useIt = () => useState(0);\n";
  const files = {
    'app/api/health/route.ts': answers,
    'app/layout.tsx': holds,
    'app/page.tsx': fetches,
    'components/chat/use-generation.ts': `${holds}${fetches}`,
    'lib/server/generation/run.ts': answers,
    'lib/server/store/any.ts': 'export type It = any;\n',
    'lib/usage.ts': fetches,
    'package.json': '{ "dependencies": { "react": "*" } }\n',
  };
  assert.deepEqual(rulesBrokenBy(files), [
    'app/layout.tsx: noRestrictedImports',
    'app/page.tsx: noRestrictedGlobals',
    'lib/server/generation/run.ts: noRestrictedGlobals',
    'lib/server/store/any.ts: noExplicitAny',
    'lib/usage.ts: noRestrictedGlobals',
  ]);
});
