import type { ApplyOptions } from '../../cli/apply/apply.ts';
import { run } from '../../cli/run.ts';
import type { UpOptions } from '../../cli/up/up.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What `up` was asked to do. */
  readonly ups: readonly UpOptions[];
  readonly applies: readonly ApplyOptions[];
}

/** Runs the command as a shell would, with streams that are no screen. */
export async function runCommand(args: readonly string[]): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const ups: UpOptions[] = [];
  const applies: ApplyOptions[] = [];
  const code = await run(args, {
    env: {},
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    version: '1.2.3',
    up: async (options) => {
      ups.push(options);
    },
    apply: async (options) => {
      applies.push(options);
    },
  });
  return { code, stdout, stderr, ups, applies };
}
