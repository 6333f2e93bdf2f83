import { LeakReport } from '../../../contracts/leak-check.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

const MAX_REPORTS = 20;

/** Later checks have later keys. */
export function leakReportKey({ model, at, checkId }: Pick<LeakReport, 'model' | 'at' | 'checkId'>): string {
  return `${prefixOf(model)}${at.replaceAll(':', '')}-${checkId}.json`;
}

export interface LeakReportsDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  readonly artifactBucket: string;
}

/** The newest leak checks of a model, newest first. @throws NotFoundError */
export async function leakReports(
  { registry, objects, artifactBucket: bucket }: LeakReportsDeps,
  model: string,
): Promise<{ readonly checks: readonly LeakReport[] }> {
  await registry.model(model);
  const keys = (await objects.list(bucket, prefixOf(model))).map(({ key }) => key).slice(-MAX_REPORTS);
  const bodies = await Promise.all(keys.reverse().map((key) => objects.get({ bucket, key })));
  return { checks: bodies.map((body) => LeakReport.parse(JSON.parse(new TextDecoder().decode(body)))) };
}

function prefixOf(model: string): string {
  return `leak-check/${model}/`;
}
