import { textOf } from '../arch/source-files.ts';

/** Each `sh` block of a page, in order. */
export function shellBlocks(file: string): readonly string[] {
  return [...textOf(file).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block.trim());
}
