import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../arch/source-files.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a process to its end. */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  child.stdin.on('error', () => {}); // it may end before it has read everything
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, ...said };
}

/** The `headgate` command as somebody at a terminal runs it. */
export function headgate(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return runProcess(process.execPath, [join(ROOT, 'cli/headgate.js'), ...args], options);
}

/** A verb with `--json` against a running platform: what it printed, when it succeeded. */
export async function verb<T>(url: string, args: readonly string[], options: CommandOptions = {}): Promise<T> {
  const { code, stdout, stderr } = await headgate([...args, '--json', '--url', url], options);
  if (code !== 0) throw new Error(`headgate ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as T; // each caller names the shape of its verb
}
