// @ts-check
// The last step of the build: the style sheet of shared pages, which are made without Next.js.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { builtStyle, compilePageStyle } from '../app/s/page-style.ts';
import { projectRoot, runMain } from './cli.mjs';

await runMain(async () => {
  process.chdir(projectRoot);
  writeFileSync(path.join(projectRoot, builtStyle), await compilePageStyle());
});
