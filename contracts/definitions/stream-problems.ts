import type { FeatureView } from '../../core/definitions/feature-view.ts';
import type { Source } from '../../core/definitions/source.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { MAX_TILE_BYTES, streamItemBytes } from '../../core/streaming/item-bytes.ts';
import { streamLayout } from '../../core/streaming/stream-layout.ts';
import { durationText } from './duration.ts';

type Problem = { readonly path: string; readonly problem: string };

/** What is wrong with how a view is streamed. */
export function streamProblems(view: FeatureView, from: Source): readonly Problem[] {
  if (view.stream === null) return [];
  const problems: Problem[] = [];
  const { tileMs } = view.stream;
  const rowLevel = view.features.filter(({ compute }) => compute.kind !== 'aggregate').map(({ name }) => name);
  if (rowLevel.length > 0) {
    const problem = `only aggregates are streamed in tiles, and ${rowLevel.join(', ')} ${rowLevel.length === 1 ? 'is a value' : 'are values'} of single rows, which every pushed row changes already; leave stream out`;
    return [{ path: 'stream', problem }];
  }
  if (view.ttlMs !== null) {
    const problem = `${durationText(view.ttlMs)} is not allowed for a streamed view, because its windows say already how old a value may be; write ttl: null`;
    problems.push({ path: 'ttl', problem });
  }
  for (const { name, compute } of view.features) {
    if (compute.kind !== 'aggregate') continue;
    const path = `features.${name}`;
    if (compute.windowMs % tileMs !== 0) {
      const problem = `its window of ${durationText(compute.windowMs)} is no multiple of the tile of ${durationText(tileMs)}; use a tile that divides every window`;
      problems.push({ path, problem });
    }
    if (compute.aggregation === 'count_distinct') {
      const problem =
        'countDistinct() cannot be streamed, because two tiles may hold the same value and an item cannot keep all of them; put it into a view without stream';
      problems.push({ path, problem });
    }
  }
  return problems.length > 0 ? problems : sizeProblems(view, from);
}

function sizeProblems(view: FeatureView, from: Source): readonly Problem[] {
  const bytes = itemBytes(view, from);
  if (bytes === null || bytes <= MAX_TILE_BYTES) return [];
  const count = (n: number) => n.toLocaleString('en-US');
  const tile = durationText(view.stream?.tileMs ?? 0);
  const problem = `its tiles of ${tile} can take ${count(bytes)} bytes of one online item, and ${count(MAX_TILE_BYTES)} are allowed; use a longer tile, shorter windows, fewer features in one view, or a shorter schedule`;
  return [{ path: 'stream.tile', problem }];
}

/** Null while the features themselves are wrong, which is told elsewhere. */
function itemBytes(view: FeatureView, source: Source): number | null {
  try {
    const layout = streamLayout({ view, source });
    return layout === null ? null : streamItemBytes(layout, view.scheduleMs);
  } catch (error) {
    if (error instanceof InvalidInputError) return null;
    throw error;
  }
}
