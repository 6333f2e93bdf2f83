import type { Sha256 } from '../canonical-json.ts';

/** What differs between two releases, in words and as data. */
export interface ReleaseDiff {
  readonly before: Sha256;
  readonly after: Sha256;
  /** Whether both would give the same answer to every request: what differs is only how they came to be. */
  readonly answerAlike: boolean;
  /** In the order in which a release comes to be; a section without differences is left out. */
  readonly sections: readonly DiffSection[];
}

export interface DiffSection {
  readonly title: DiffTitle;
  readonly lines: readonly DiffLine[];
}

export const DIFF_TITLES = [
  'data',
  'features',
  'inputs',
  'training',
  'artifact',
  'code and container',
  'definition',
  'serving',
  'gates policy',
  'rollout policy',
  'metrics',
  'verdicts',
  'record',
] as const;
export type DiffTitle = (typeof DIFF_TITLES)[number];

export interface DiffLine {
  /** Where in the manifest: `model.serving.instanceType`; members of lists go by what names them. */
  readonly path: string;
  /** Undefined on the side that does not have it. */
  readonly before: unknown;
  readonly after: unknown;
  readonly says: string;
}
