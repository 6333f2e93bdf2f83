import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS } from '../../core/clock.ts';
import { filesBelow, ROOT, textOf } from '../arch/source-files.ts';

const DEFINITIONS = 'test/e2e/definitions';
const CACHE_DIR = join(ROOT, 'node_modules/.cache/headgate/e2e-assemblies');
/** Everything an assembly is made of. */
const MADE_OF = ['bin', 'contracts', 'core', 'lambdas', 'lib', 'state-machines'];
const PINS = ['cdk.json', 'package.json', 'package-lock.json'];

/**
 * The assembly of the dev stacks over a definitions folder: made by the app itself, once for each state of the sources.
 *
 * @param others folders that the definitions import from
 */
export async function sharedAssembly(definitions = DEFINITIONS, ...others: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [...filesBelow([...MADE_OF, definitions, ...others], ''), ...PINS]) {
    if (file !== '' && existsSync(join(ROOT, file))) hash.update(`\n${file}\n`).update(textOf(file));
  }
  const name = hash.digest('hex').slice(0, 16);
  const dir = join(CACHE_DIR, name);
  if (existsSync(dir)) return dir;
  mkdirSync(CACHE_DIR, { recursive: true });
  const unfinished = mkdtempSync(join(CACHE_DIR, 'unfinished-'));
  await synthesize(definitions, unfinished);
  try {
    renameSync(unfinished, dir);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(dir)) throw error; // otherwise another test file was quicker
  }
  forgetOld();
  return dir;
}

/** A younger one may be in use by a run over sources that have changed since. */
function forgetOld(): void {
  for (const other of readdirSync(CACHE_DIR)) {
    const folder = join(CACHE_DIR, other);
    if (Date.now() - statSync(folder).mtimeMs > DAY_MS) rmSync(folder, { recursive: true, force: true });
  }
}

async function synthesize(definitions: string, outDir: string): Promise<void> {
  const app = spawn(process.execPath, ['bin/headgate.ts', '-c', 'env=dev'], {
    cwd: ROOT,
    env: { ...process.env, CDK_OUTDIR: outDir, HEADGATE_DEFINITIONS: definitions },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  app.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve) => app.on('close', resolve));
  if (code !== 0) throw new Error(`the stacks could not be synthesized: ${said}`);
}
