import {
  AdvanceRolloutRequest,
  AskApprovalRequest,
  ReplayRequest,
  RolloutLead,
  RolloutRequest,
} from '../../contracts/rollout.ts';
import type { Random } from '../../core/clock.ts';
import { InvalidInputError } from '../../core/errors.ts';
import type { EventBus } from '../../lambdas/ports/event-bus.ts';
import type { ModelHostingPort } from '../../lambdas/ports/model-hosting.ts';
import type { ModelRegistry, ReleaseStore } from '../../lambdas/ports/model-registry.ts';
import type { ObjectStore } from '../../lambdas/ports/object-store.ts';
import type { TableLog } from '../../lambdas/ports/table-log.ts';
import type { VersionRegistry } from '../../lambdas/ports/version-registry.ts';
import type { Workflow } from '../../lambdas/ports/workflow.ts';
import { advanceRollout } from '../../lambdas/use-cases/rollout/advance-rollout.ts';
import { askApproval } from '../../lambdas/use-cases/rollout/ask-approval.ts';
import { beginRollout } from '../../lambdas/use-cases/rollout/begin-rollout.ts';
import { pointEndpoint } from '../../lambdas/use-cases/rollout/point-endpoint.ts';
import { resumeRollouts } from '../../lambdas/use-cases/rollout/resume-rollouts.ts';
import { memoryMetrics } from '../memory/memory-metrics.ts';
import { countFiles, OFFLINE } from './answer-count.ts';
import type { Process } from './process.ts';
import { ARTIFACTS, POLL_MS } from './simulated-release.ts';

/** Everything outside of a function. */
export interface SimulatedPorts {
  readonly registry: ModelRegistry;
  readonly releases: ReleaseStore;
  readonly hosting: ModelHostingPort;
  readonly objects: ObjectStore;
  readonly events: EventBus;
  readonly tables: TableLog;
  readonly versionRegistry: VersionRegistry;
  readonly workflow: Workflow;
}

/** All that a use case of the rollout may ask for. */
export function rolloutDeps(ports: SimulatedPorts, { clock }: Process, random: Random) {
  return {
    ...ports,
    clock,
    random,
    metrics: memoryMetrics(),
    parquet: countFiles,
    pollMs: POLL_MS,
    artifactBucket: ARTIFACTS,
    offlineBucket: OFFLINE,
    database: 'headgate',
    workgroup: 'headgate',
  };
}

/** The functions of the rollout's machine by their names, as their handlers make them. */
export function rolloutFunctions(
  ports: SimulatedPorts,
  process: Process,
  random: Random,
): Readonly<Record<string, (payload: unknown) => Promise<unknown>>> {
  const deps = rolloutDeps(ports, process, random);
  return {
    'rollout/begin': async (payload) => beginRollout(deps, read(RolloutRequest, payload)),
    'rollout/advance': async (payload) => advanceRollout(deps, read(AdvanceRolloutRequest, payload)),
    'rollout/point-endpoint': async (payload) => pointEndpoint(deps, read(RolloutLead, payload)),
    'rollout/ask-approval': async (payload) => askApproval(deps, read(AskApprovalRequest, payload)),
    'rollout/replay': async (payload) => replayed(read(ReplayRequest, payload)),
    'rollout/resume': async () => resumeRollouts(deps),
  };
}

interface Schema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

function read<T>(schema: Schema<T>, payload: unknown): T {
  const read = schema.safeParse(payload);
  if (!read.success) throw new InvalidInputError('the payload does not say what the function needs');
  return read.data;
}

/** The replay itself is tested by itself; a release of the simulation is fast enough. */
async function replayed({ rolloutId, model }: ReplayRequest) {
  return {
    verdict: { gate: 'latency', verdict: { outcome: 'pass', evidence: [] } },
    requests: 100,
    failed: 0,
    latency: { p50Ms: 20, p90Ms: 30, p99Ms: 40, maxMs: 50 },
    reportUri: `s3://${ARTIFACTS}/rollout/${model}/${rolloutId}/latency.json`,
  };
}
