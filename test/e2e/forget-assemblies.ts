import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../arch/source-files.ts';

/** `up` and `apply` keep the assemblies of each state folder in the project's own cdk.out. */
export function forgetAssemblies(stateDir: string): void {
  const out = join(ROOT, 'cdk.out');
  const own = `laptop-${createHash('sha256').update(stateDir).digest('hex').slice(0, 12)}`;
  const made = readdirSync(out).filter((name) => name.startsWith(own));
  for (const name of made) rmSync(join(out, name), { recursive: true, force: true });
}
