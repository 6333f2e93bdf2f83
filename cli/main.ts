import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

const packageFile = join(import.meta.dirname, '../package.json');
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }; // our own file

// whoever reads may stop reading, as `head` does
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  version,
  // only these verbs need what takes a while to load
  up: async (options, terminal) => (await import('./up/up.ts')).up(options, terminal),
  apply: async (options, context) => {
    const { apply, printApply } = await import('./apply/apply.ts');
    printApply(context, await apply(context, options));
  },
});
