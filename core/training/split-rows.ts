import { utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson, sha256Hex } from '../canonical-json.ts';
import type { Split } from '../definitions/model.ts';
import type { Value } from '../definitions/value-type.ts';
import { InvalidInputError } from '../errors.ts';

export const PARTS = ['train', 'validation', 'test'] as const;
export type Part = (typeof PARTS)[number];

/** Where each row goes; null for rows whose label reaches into the next part. */
export type RowParts = readonly (Part | null)[];

export interface LabelledRow {
  readonly key: readonly Value[];
  readonly timeMs: number;
}

/**
 * The part of every row (see `Split`). The same rows give the same parts, in whatever order they come.
 *
 * By time: shares are of distinct instants, rounded, and each part gets at least one. A row of an earlier part whose
 * label matures after the next part begins goes nowhere, so no part sees the other's future.
 * By entity: all rows of one entity fall together, by the digest of its join keys.
 *
 * @throws InvalidInputError when there are fewer than three distinct instants to split by time
 */
export function splitRows(split: Split, rows: readonly LabelledRow[], horizonMs: number): RowParts {
  return split.by === 'time' ? splitByTime(split, rows, horizonMs) : splitByEntity(split, rows);
}

function splitByTime(split: Split, rows: readonly LabelledRow[], horizonMs: number): RowParts {
  const instants = [...new Set(rows.map((row) => row.timeMs))].sort((a, b) => a - b);
  if (instants.length < 3) {
    throw new InvalidInputError(
      `the labels have ${instants.length} distinct instants; a split by time needs at least 3: split by entity, or use more labels`,
      { distinctInstants: instants.length },
    );
  }
  const testCount = atLeastOne(instants.length * split.testShare, instants.length - 2);
  const validationCount = atLeastOne(instants.length * split.validationShare, instants.length - testCount - 1);
  const testFromMs = instants[instants.length - testCount]!;
  const validationFromMs = instants[instants.length - testCount - validationCount]!;
  return rows.map(({ timeMs }) => {
    if (timeMs >= testFromMs) return 'test';
    if (timeMs >= validationFromMs) return timeMs + horizonMs > testFromMs ? null : 'validation';
    return timeMs + horizonMs > validationFromMs ? null : 'train';
  });
}

function splitByEntity(split: Split, rows: readonly LabelledRow[]): RowParts {
  const known = new Map<string, Part>();
  return rows.map(({ key }) => {
    const id = canonicalJson(key);
    const part = known.get(id) ?? partOf(split, id);
    known.set(id, part);
    return part;
  });
}

const DIGEST_DIGITS = 13; // 52 bits: all of them fit a double

function partOf(split: Split, id: string): Part {
  const share = Number.parseInt(sha256Hex(utf8ToBytes(id)).slice(0, DIGEST_DIGITS), 16) / 16 ** DIGEST_DIGITS;
  if (share < split.testShare) return 'test';
  return share < split.testShare + split.validationShare ? 'validation' : 'train';
}

function atLeastOne(share: number, most: number): number {
  return Math.min(Math.max(1, Math.round(share)), most);
}
