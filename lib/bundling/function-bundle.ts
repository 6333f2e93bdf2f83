import type { FunctionName } from '../functions.ts';

/** The folder that becomes a function's code: `index.mjs` and, where the function reads it, `definitions.json`. */
export interface FunctionBundle {
  readonly dir: string;
  /** Names the content: equal content, equal hash. 64 hexadecimal digits. */
  readonly hash: string;
}

export type FunctionBundles = Readonly<Record<FunctionName, FunctionBundle>>;
