import { CorruptDataError } from '../../../core/errors.ts';
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

/** The last instant that JavaScript knows: what is counted down from. */
const LAST_MS = 8.64e15;

/**
 * Later reports have earlier keys, so that the newest are listed without those before them.
 *
 * @param at ISO 8601
 */
export function reportKey(kind: ReportKind, model: string, at: string, id: string): string {
  const place = String(LAST_MS - Date.parse(at)).padStart(16, '0');
  return `${prefixOf(kind, model)}${place}-${at.replaceAll(':', '')}-${id}.json`;
}

/** One that was damaged, or written by a platform that writes others. */
export interface UnreadableReport {
  readonly key: string;
  readonly because: string;
}

/**
 * The newest reports about a model that can be read, newest first, and the others by name: one that cannot be read does
 * not hide the rest.
 *
 * @param read throws for what is no report of the kind
 * @throws NotFoundError for a model there is not
 */
export async function readableReports<T>(
  deps: ModelReportsDeps,
  kind: ReportKind,
  model: string,
  read: (report: unknown) => T,
): Promise<{ readonly reports: readonly T[]; readonly unreadable: readonly UnreadableReport[] }> {
  const reports: T[] = [];
  const unreadable: UnreadableReport[] = [];
  for (const one of await newestBodies(deps, kind, model)) {
    try {
      reports.push(read(jsonOf(one)));
    } catch (error) {
      unreadable.push({ key: one.key, because: whyUnreadable(error) });
    }
  }
  return { reports, unreadable };
}

/** The newest report about a model, as it was written; null when there is none. */
export async function newestReport(
  { objects, artifactBucket: bucket }: Pick<ModelReportsDeps, 'objects' | 'artifactBucket'>,
  kind: ReportKind,
  model: string,
): Promise<unknown> {
  const [newest] = await objects.list(bucket, prefixOf(kind, model), 1);
  if (newest === undefined) return null;
  const { key } = newest;
  return jsonOf({ key, body: await objects.get({ bucket, key }) });
}

interface Stored {
  readonly key: string;
  readonly body: Uint8Array;
}

async function newestBodies(
  { registry, objects, artifactBucket: bucket }: ModelReportsDeps,
  kind: ReportKind,
  model: string,
): Promise<readonly Stored[]> {
  await registry.model(model);
  const newest = await objects.list(bucket, prefixOf(kind, model), MAX_REPORTS);
  return Promise.all(newest.map(async ({ key }) => ({ key, body: await objects.get({ bucket, key }) })));
}

function jsonOf({ key, body }: Stored): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw new CorruptDataError(`the report ${key} is no JSON`, { key }, error);
  }
}

/** The first field that is not as this platform writes it. */
function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { issues } = error as { readonly issues?: readonly Issue[] }; // a schema's error says what is wrong where
  const first = issues?.[0];
  return first === undefined ? error.message : `${first.path.map(String).join('.') || 'the report'}: ${first.message}`;
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function prefixOf(kind: ReportKind, model: string): string {
  return `${kind}/${model}/`;
}
