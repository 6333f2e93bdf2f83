import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTION_NAMES } from '../functions.ts';
import type { FunctionBundles } from './function-bundle.ts';

/** Bundles that hold no code, for whoever wants the templates alone. */
export function stubBundles(dir: string): FunctionBundles {
  const folder = join(dir, 'stub');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), 'export async function handler() {}\n');
  const bundle = { dir: folder, hash: '0'.repeat(64) };
  return Object.fromEntries(FUNCTION_NAMES.map((name) => [name, bundle])) as FunctionBundles; // one for each name
}
