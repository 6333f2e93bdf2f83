import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';

const OUT_DIR = 'cdk.out';

export interface SynthesizeOptions {
  /** The project's folder. */
  readonly rootDir: string;
  readonly definitionsDir: string;
  /** Tells regions on one machine apart. */
  readonly stateDir: string;
  /** Ends the work when it aborts. */
  readonly signal: AbortSignal;
}

/**
 * Writes the cloud assembly of the dev stacks, by the same app that `cdk synth` runs, and answers its folder: a new one, since
 * a region that runs may serve from those before.
 *
 * @throws CliError with what the app said when it fails
 */
export async function synthesize(options: SynthesizeOptions): Promise<string> {
  const { rootDir, definitionsDir, stateDir, signal } = options;
  const assemblyDir = join(rootDir, OUT_DIR, `${assemblyName(stateDir)}-${randomUUID().slice(0, 8)}`);
  const app = spawn(process.execPath, [join(rootDir, 'bin', 'headgate.ts'), '-c', 'env=dev'], {
    cwd: rootDir,
    // the templates' schema validation takes most of the time; `cdk synth` and the tests do it
    env: { ...process.env, CDK_OUTDIR: assemblyDir, HEADGATE_DEFINITIONS: definitionsDir, CDK_VALIDATION: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const { code, said } = await ending(app);
  if (code === 0) return assemblyDir;
  throw new CliError(
    `the stacks could not be synthesized:\n${said.trim()}`,
    'the same with more detail: npx cdk synth -c env=dev',
  );
}

/**
 * Removes the assemblies of starts and updates over a state folder. Only who has the folder knows that nobody serves from them.
 *
 * @param served the one that stays
 */
export async function forgetAssemblies(
  { rootDir, stateDir }: Pick<SynthesizeOptions, 'rootDir' | 'stateDir'>,
  served?: string,
): Promise<void> {
  const outDir = join(rootDir, OUT_DIR);
  const own = (await readdir(outDir)).filter((entry) => entry.startsWith(assemblyName(stateDir)));
  const others = own.map((entry) => join(outDir, entry)).filter((dir) => dir !== served);
  await Promise.all(others.map((dir) => rm(dir, { recursive: true, force: true })));
}

function assemblyName(stateDir: string): string {
  return `laptop-${createHash('sha256').update(stateDir).digest('hex').slice(0, 12)}`;
}

async function ending(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8_000);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said }));
  });
}
