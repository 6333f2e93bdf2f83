import { readFileSync } from 'node:fs';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { CorruptDataError } from '../../../core/errors.ts';

/**
 * The definitions that were checked when the stack was built: `definitions.json` beside the bundle.
 *
 * @param bundleUrl `import.meta.url` of the bundle
 */
export function bundledDefinitions(bundleUrl: string): Definitions {
  const file = new URL('definitions.json', bundleUrl);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Definitions; // written by the build from checked definitions
  } catch (error) {
    throw new CorruptDataError(`${file.pathname} cannot be read; build the functions again`, {}, error);
  }
}
