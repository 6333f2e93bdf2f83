import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';

export interface SynthesizeOptions {
  /** The project's folder. */
  readonly rootDir: string;
  readonly definitionsDir: string;
  /** Tells regions on one machine apart. */
  readonly stateDir: string;
  /** Ends the work when it aborts. */
  readonly signal: AbortSignal;
  /** Beside the assembly that a running region serves from, which then stays. @default false */
  readonly isUpdate?: boolean;
}

/**
 * Writes the cloud assembly of the dev stacks, by the same app that `cdk synth` runs, and answers its folder.
 *
 * @throws CliError with what the app said when it fails
 */
export async function synthesize(options: SynthesizeOptions): Promise<string> {
  const { rootDir, definitionsDir, stateDir, signal } = options;
  const id = createHash('sha256').update(stateDir).digest('hex').slice(0, 12);
  const outDir = join(rootDir, 'cdk.out');
  const name = `laptop-${id}`;
  const assemblyDir = join(outDir, options.isUpdate === true ? `${name}-${randomUUID().slice(0, 8)}` : name);
  if (options.isUpdate !== true) await removeAll(outDir, name);
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

/** The assemblies of earlier starts, updates included. */
async function removeAll(outDir: string, name: string): Promise<void> {
  const found = await readdir(outDir).catch(() => []); // the first start of all has no such folder
  const own = found.filter((entry) => entry === name || entry.startsWith(`${name}-`));
  await Promise.all(own.map((entry) => rm(join(outDir, entry), { recursive: true, force: true })));
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
