import { SkewReport } from '../../../contracts/skew-audit.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

const MAX_REPORTS = 20;

/** Later audits have later keys. */
export function skewReportKey({ model, at, auditId }: Pick<SkewReport, 'model' | 'at' | 'auditId'>): string {
  return `${prefixOf(model)}${at.replaceAll(':', '')}-${auditId}.json`;
}

export interface SkewReportsDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  readonly artifactBucket: string;
}

/** The newest audits of a model, newest first. @throws NotFoundError */
export async function skewReports(
  { registry, objects, artifactBucket: bucket }: SkewReportsDeps,
  model: string,
): Promise<{ readonly audits: readonly SkewReport[] }> {
  await registry.model(model);
  const keys = (await objects.list(bucket, prefixOf(model))).map(({ key }) => key).slice(-MAX_REPORTS);
  const bodies = await Promise.all(keys.reverse().map((key) => objects.get({ bucket, key })));
  return { audits: bodies.map((body) => SkewReport.parse(JSON.parse(new TextDecoder().decode(body)))) };
}

function prefixOf(model: string): string {
  return `skew-audit/${model}/`;
}
