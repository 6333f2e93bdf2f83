#!/usr/bin/env node
// Runs the command under Node 24, which reads TypeScript: the one that runs this file, else the one installed with
// the package. Plain JavaScript, so that any Node from 20 on can start it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const [major = 0] = process.versions.node.split('.').map(Number);

if (major >= 24) {
  // what was compiled once is compiled: a command starts in half the time
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/headgate/compiled', import.meta.url)));
  await import('./main.ts');
} else {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const installed = ['../node_modules/node/bin/', '../node_modules/.bin/']
    .map((folder) => fileURLToPath(new URL(folder + name, import.meta.url)))
    .find((file) => existsSync(file));
  if (installed === undefined) {
    console.error(`headgate: Node 24 is needed, this is ${process.versions.node}`);
    console.error('  hint: run "npm ci", which brings its own, or install Node 24');
    process.exit(1);
  }
  const child = spawn(installed, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // the terminal sends Ctrl-C to both; the child decides when it is over
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  child.on('error', (error) => {
    console.error(`headgate: ${installed} cannot be run: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
