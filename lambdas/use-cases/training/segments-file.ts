import { SegmentsFile } from '../../../contracts/segments-file.ts';
import type { Model } from '../../../core/definitions/model.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import type { SegmentRows } from '../../../core/gates/segment-rows.ts';
import type { TrainingColumns } from '../../../core/training/encode-training-set.ts';
import { evaluationFeatures } from '../../../core/training/input-views.ts';
import { MAX_SLICES, segmentRows } from '../../../core/training/segment-rows.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { within } from './sealed-training-set.ts';
import type { TrainingSetFile } from './training-set-files.ts';

const SEGMENTS_FILE = 'test/segments.json';

/**
 * The slices of rows, by the values as they were joined, before any default.
 *
 * @param besideColumns how many columns stand between the inputs and the segments that are none
 * @param maxSlices more slices of a segment are refused
 */
export function segmentsOf(
  model: Model,
  { features }: Pick<TrainingColumns, 'features'>,
  besideColumns: number,
  rows: readonly number[],
  maxSlices: number = MAX_SLICES,
): readonly SegmentRows[] {
  const apart = evaluationFeatures(model);
  const placeIn = (refs: readonly { view: string; feature: string }[], of: { view: string; feature: string }) =>
    refs.findIndex(({ view, feature }) => view === of.view && feature === of.feature);
  return model.segments.map((segment) => {
    const input = placeIn(model.features, segment);
    const place = input >= 0 ? input : model.features.length + besideColumns + placeIn(apart, segment);
    const values = features[place]!;
    return segmentRows(
      segment,
      rows.map((row) => values[row]!),
      maxSlices,
    );
  });
}

export function segmentsFile(segments: readonly SegmentRows[]): TrainingSetFile {
  const body = new TextEncoder().encode(`${JSON.stringify(segments)}\n`);
  return { name: SEGMENTS_FILE, body, contentType: 'application/json' };
}

/**
 * What `segmentsFile` wrote into a sealed training set; empty for a model without segments.
 *
 * @param testRows how many rows each segment has to tell about
 */
export async function readSegments(
  objects: Pick<ObjectStore, 'get'>,
  setUri: string,
  { segments }: Pick<Model, 'segments'>,
  testRows: number,
): Promise<readonly SegmentRows[]> {
  if (segments.length === 0) return [];
  const body = await objects.get(within(setUri, SEGMENTS_FILE));
  const read = SegmentsFile.parse(JSON.parse(new TextDecoder().decode(body)));
  const bad = read.find(({ rows, slices }) => rows.length !== testRows || rows.some((slice) => slice >= slices.length));
  if (bad === undefined) return read;
  throw new CorruptDataError(
    `segment ${bad.segment} of ${setUri} does not tell a slice for each of ${testRows} test rows`,
    {
      segment: bad.segment,
      setUri,
      testRows,
    },
  );
}
