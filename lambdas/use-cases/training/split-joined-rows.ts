import type { Model } from '../../../core/definitions/model.ts';
import { type PartRows, rowsOfParts } from '../../../core/training/encode-training-set.ts';
import { PARTS, splitRows } from '../../../core/training/split-rows.ts';
import type { JoinedRows } from './read-joined-rows.ts';

export interface SplitRows {
  /** Positions among the joined rows. */
  readonly rows: PartRows;
  /** Labels that have not matured. */
  readonly unmatured: number;
  /** Matured rows in no part, because their label reaches into the next. */
  readonly embargoed: number;
}

/** The parts of the rows whose label has matured. The same rows fall the same way, whatever their features are. */
export function splitJoinedRows(
  model: Pick<Model, 'split' | 'label'>,
  joined: Pick<JoinedRows, 'rows' | 'keys' | 'timesMs' | 'labels'>,
): SplitRows {
  const mature: number[] = [];
  for (let row = 0; row < joined.rows; row++) if (!Number.isNaN(joined.labels[row])) mature.push(row);
  const unmatured = joined.rows - mature.length;
  if (mature.length === 0) return { rows: { train: [], validation: [], test: [] }, unmatured, embargoed: 0 };
  const parts = splitRows(
    model.split,
    mature.map((row) => ({ key: joined.keys[row]!, timeMs: joined.timesMs[row]! })),
    model.label.horizonMs,
  );
  const placed = rowsOfParts(parts);
  const [train, validation, test] = PARTS.map((part) => placed[part].map((i) => mature[i]!));
  return {
    rows: { train: train!, validation: validation!, test: test! },
    unmatured,
    embargoed: parts.filter((part) => part === null).length,
  };
}
