import type { RegisterReleaseRequest, SealedTrainingSet } from '../../../contracts/training-flow.ts';
import type { GateEvidence } from '../../../core/gates/gate-evidence.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { skewReportKey, skewReports } from '../skew/skew-reports.ts';
import { jobInstant } from './job-instant.ts';

export interface GateHistoryDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  readonly artifactBucket: string;
}

/**
 * What gates compare with: the release before, and the newest audit of what was served until training ended. Both are
 * fixed by then, so a repeated call finds the same; each is read only when a gate asks for it.
 */
export async function gateHistory(
  deps: GateHistoryDeps,
  { plan, job }: Pick<RegisterReleaseRequest, 'plan' | 'job'>,
  { model, champion }: Pick<SealedTrainingSet, 'model' | 'champion'>,
): Promise<Pick<GateEvidence, 'last' | 'skew'>> {
  const asks = (kind: string) => model.gates.some((gate) => gate.kind === kind);
  return {
    last: asks('data_quality') ? await lastRelease(deps, plan.lastReleaseId) : null,
    skew: asks('skew') && champion !== null ? await newestAudit(deps, model.name, job) : { kind: 'nothing-served' },
  };
}

async function lastRelease({ releases }: GateHistoryDeps, releaseId: string | null): Promise<GateEvidence['last']> {
  if (releaseId === null) return null;
  const { trainingSet } = await releases.manifest(releaseId);
  return { releaseId, trainRows: trainingSet.rows.train };
}

async function newestAudit(
  deps: GateHistoryDeps,
  model: string,
  { TrainingEndTime }: RegisterReleaseRequest['job'],
): Promise<GateEvidence['skew']> {
  const endedMs = jobInstant(TrainingEndTime).getTime();
  const { audits, unreadable } = await skewReports(deps, model);
  const newest = audits.find(({ at }) => Date.parse(at) <= endedMs);
  if (newest === undefined) return { kind: 'no-audit' };
  // what a newer one that is damaged found is not known
  const [ended, found] = [
    skewReportKey({ model, at: new Date(endedMs).toISOString(), auditId: '' }),
    skewReportKey(newest),
  ];
  if (unreadable.some(({ key }) => key >= ended && key < found)) return { kind: 'no-audit' };
  const { auditId, releaseId, at, vectors, mismatchedVectors } = newest;
  return { kind: 'audited', auditId, releaseId, ageMs: endedMs - Date.parse(at), vectors, mismatchedVectors };
}
