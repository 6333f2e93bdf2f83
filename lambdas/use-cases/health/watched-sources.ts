import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { Source } from '../../../core/definitions/source.ts';
import { columnsOfLabel, columnsOfView } from '../../../core/health/columns-read.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';

/** A source that a model's inputs, or its label, are computed from. */
export interface WatchedSource {
  readonly name: string;
  /** As the release knows it; null for a source that only the label reads. */
  readonly ofRelease: Source | null;
  /** As it is deployed; null when it is gone. */
  readonly deployed: Source | null;
  /** Columns that views of the release, or the label, read. */
  readonly columns: readonly string[];
}

/** Of a source, at most so many columns are looked at for missing values: the text of a query is bounded. */
const MAX_COLUMNS = 200;

/** The sources of a release's views, and of the label that the next training would read; in order of name. */
export function watchedSources(manifest: ReleaseManifest, definitions: Definitions): readonly WatchedSource[] {
  const label = (definitions.models.find(({ name }) => name === manifest.model.name) ?? manifest.model).label;
  const read = [
    ...manifest.featureViews.map((view) => ({ source: view.source.name, columns: columnsOfView(view) })),
    { source: label.source, columns: columnsOfLabel(label) },
  ];
  return [...new Set(read.map(({ source }) => source))].sort().map((name) => ({
    name,
    ofRelease: manifest.featureViews.find(({ source }) => source.name === name)?.source ?? null,
    deployed: definitions.sources.find((source) => source.name === name) ?? null,
    columns: [...new Set(read.flatMap(({ source, columns }) => (source === name ? columns : [])))].sort(),
  }));
}

/** Whether rows of the source come over time: a table of one instant has no rhythm. */
export function hasRhythm({ deployed }: WatchedSource): boolean {
  return deployed !== null && 'column' in deployed.eventTime;
}

/** Of the columns that are read, those that the table has and that may lack values, in order of name. */
export function nullableColumns({ deployed, columns }: WatchedSource): readonly string[] {
  const nullable = deployed?.columns.filter(({ required }) => !required).map(({ name }) => name) ?? [];
  return columns.filter((column) => nullable.includes(column)).slice(0, MAX_COLUMNS);
}

/** Where the counts of a source are written, below the prefix of its scan. */
export function healthPrefix(scanPrefix: string, source: string): string {
  return `${scanPrefix}health/${source}/`;
}
