import { join, resolve } from 'node:path';
import { run } from '../../../cli/run.ts';
import { runProcess } from '../../../test/e2e/command-line.ts';
import type { Reply } from './bad-case.ts';

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A verb of the command line against a running platform, in this process. */
async function runVerb(args: readonly string[]): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const code = await run(args, {
    env: {},
    stdout: { write: (text: string) => (said.stdout += text) },
    stderr: { write: (text: string) => (said.stderr += text) },
    version: '0.0.0',
    up: () => Promise.reject(new Error('bring a platform up by a process of its own')),
    apply: () => Promise.reject(new Error('apply by a process of its own')),
  });
  return { code, ...said };
}

/** What the command line says to a person. */
export async function commandReply(args: readonly string[]): Promise<Reply> {
  return replyOf(await runVerb(args));
}

/** `headgate` as a process of its own, from this folder's project. */
export async function processReply(args: readonly string[], input?: string): Promise<Reply> {
  const main = join(resolve(import.meta.dirname, '../../..'), 'cli/headgate.js');
  const options = input === undefined ? {} : { input };
  return replyOf(await runProcess(process.execPath, [main, ...args], options));
}

/** Lines about progress are no part of the answer. */
function replyOf({ code, stdout, stderr }: Ran): Reply {
  const lines = (code === 0 ? stdout : stderr).trim().split('\n');
  const from = lines.findIndex((line) => /^(headgate|error): /.test(line));
  return { code: `exit ${code}`, name: '', message: lines.slice(Math.max(from, 0)).join('\n') };
}

/** What a verb prints with `--json`, whether or not it succeeded. */
export async function commandJson<T>(url: string, args: readonly string[]): Promise<T> {
  const { stdout } = await runVerb([...args, '--json', '--url', url]);
  return JSON.parse(stdout) as T; // each caller names the shape
}
