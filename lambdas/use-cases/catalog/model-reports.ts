import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

const MAX_REPORTS = 20;

export interface ModelReportsDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  readonly artifactBucket: string;
}

/** Where reports about a model lie, by kind; no function may read or write another kind than its own. */
export type ReportKind = 'skew-audit' | 'leak-check' | 'drift-scan' | 'batch-report';

/** Later reports have later keys. @param at ISO 8601, UTC, always with milliseconds */
export function reportKey(kind: ReportKind, model: string, at: string, id: string): string {
  return `${prefixOf(kind, model)}${at.replaceAll(':', '')}-${id}.json`;
}

/** The newest reports about a model, newest first, as they were written. @throws NotFoundError for a model there is not */
export async function modelReports(
  { registry, objects, artifactBucket: bucket }: ModelReportsDeps,
  kind: ReportKind,
  model: string,
): Promise<readonly unknown[]> {
  await registry.model(model);
  const keys = (await objects.list(bucket, prefixOf(kind, model))).map(({ key }) => key).slice(-MAX_REPORTS);
  const bodies = await Promise.all(keys.reverse().map((key) => objects.get({ bucket, key })));
  return bodies.map((body): unknown => JSON.parse(new TextDecoder().decode(body)));
}

/** The newest report about a model, as it was written; null when there is none. */
export async function newestReport(
  { objects, artifactBucket: bucket }: Pick<ModelReportsDeps, 'objects' | 'artifactBucket'>,
  kind: ReportKind,
  model: string,
): Promise<unknown> {
  const key = (await objects.list(bucket, prefixOf(kind, model))).at(-1)?.key;
  return key === undefined ? null : JSON.parse(new TextDecoder().decode(await objects.get({ bucket, key })));
}

function prefixOf(kind: ReportKind, model: string): string {
  return `${kind}/${model}/`;
}
