import { beforeEach, describe, expect, it } from 'vitest';
import { isSignedBy, keyOf } from '../../../cli/audit/checkpoint-signature.ts';
import { verifyAudit } from '../../../core/audit/verify-audit.ts';
import { type SignCheckpointsDeps, signCheckpoints } from '../../../lambdas/use-cases/audit/sign-checkpoints.ts';
import { auditKey } from '../../audit-key.ts';
import { memoryCheckpointLog } from '../../memory/memory-checkpoint-log.ts';
import { fixedClock } from '../../memory/memory-clock-and-ids.ts';
import { memoryMetrics } from '../../memory/memory-metrics.ts';
import { memoryModelRegistry } from '../../memory/memory-model-registry.ts';
import { type MemoryObjectStore, memoryObjectStore } from '../../memory/memory-object-store.ts';

const key = auditKey();
let deps: SignCheckpointsDeps & {
  objects: MemoryObjectStore;
  registry: ReturnType<typeof memoryModelRegistry>;
  metrics: ReturnType<typeof memoryMetrics>;
};
const hosting = (name: string, image: string) => ({
  name,
  endpointName: name,
  executionRoleArn: 'r',
  modelPackageGroup: 'g',
  image,
});
/** Each call adds one record to the chain. */
const grow = (name: string, note: number | string) =>
  deps.registry.registerModel(hosting(name, String(note)), {
    action: 'model.registered',
    actor: 'arn:x',
    at: '2026-03-01T12:00:00.000Z',
    detail: { note },
  });
const checked = async (model: string) =>
  verifyAudit(
    model,
    await deps.registry.audit(model, 1, 1000),
    await deps.checkpoints.list(model, 1, 1_000),
    (checkpoint) => isSignedBy(keyOf(key.publicKey), checkpoint),
  );

beforeEach(async () => {
  deps = {
    registry: memoryModelRegistry(),
    checkpoints: memoryCheckpointLog(),
    signer: key.signer,
    objects: memoryObjectStore(),
    auditBucket: 'audit',
    clock: fixedClock('2026-03-01T13:00:00.000Z'),
    metrics: memoryMetrics(),
  };
  for (const note of [1, 2, 3]) await grow('churn', note);
  await grow('other', 1);
});

describe('checkpoints', () => {
  it('sign every chain that has grown, and nothing that has not', async () => {
    const both = [
      { model: 'churn', position: 3 },
      { model: 'other', position: 1 },
    ];
    expect(await signCheckpoints(deps, null)).toEqual({ signed: both });
    expect(await signCheckpoints(deps, null)).toEqual({ signed: [] });
    await grow('churn', 4);
    expect(await signCheckpoints(deps, 'churn')).toEqual({ signed: [{ model: 'churn', position: 4 }] });
    expect(await checked('churn')).toMatchObject({ records: 4, checkpoints: 2, signedTo: 4, problem: null });
  });

  it('lie locked beside the records since the one before, one a line', async () => {
    await signCheckpoints(deps, 'churn');
    await grow('churn', 4);
    await signCheckpoints(deps, 'churn');
    expect(deps.objects.keys('audit')).toEqual([
      'checkpoint/churn/000000000003.json',
      'checkpoint/churn/000000000004.json',
      'record/churn/000000000001-000000000003.jsonl',
      'record/churn/000000000004-000000000004.jsonl',
    ]);
    const lines = new TextDecoder()
      .decode(await deps.objects.get({ bucket: 'audit', key: 'record/churn/000000000001-000000000003.jsonl' }))
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line).position)).toEqual([1, 2, 3]);
  });

  it('read chains of any length', async () => {
    for (let note = 4; note <= 1203; note++) await grow('churn', note);
    expect(await signCheckpoints(deps, 'churn')).toEqual({ signed: [{ model: 'churn', position: 1203 }] });
  });

  it('are one per position when several sign at once', async () => {
    await Promise.all([1, 2, 3].map(() => signCheckpoints(deps, 'churn')));
    expect(await deps.checkpoints.list('churn', 1, 1_000)).toHaveLength(1);
    expect((await checked('churn')).problem).toBeNull();
  });

  it.each(['checkpoint', 'record'])('are finished by the next call when the process died at the %s', async (what) => {
    const putIfAbsent: MemoryObjectStore['putIfAbsent'] = (location, ...rest) =>
      location.key.startsWith(what) ? Promise.reject(new Error('killed')) : deps.objects.putIfAbsent(location, ...rest);
    await expect(signCheckpoints({ ...deps, objects: { putIfAbsent } }, 'churn')).rejects.toThrow('killed');
    await signCheckpoints(deps, 'churn');
    expect(deps.objects.keys('audit')).toEqual([
      'checkpoint/churn/000000000003.json',
      'record/churn/000000000001-000000000003.jsonl',
    ]);
    expect(await checked('churn')).toMatchObject({ checkpoints: 1, problem: null });
  });

  it('are never made over a chain that does not hold; other models are signed all the same', async () => {
    await signCheckpoints(deps, null);
    for (const note of [4, 5]) await grow('churn', note);
    await grow('other', 2);
    const chain = await deps.registry.audit('churn', 1, 100);
    const shown = (records: typeof chain) => ({
      ...deps,
      registry: {
        models: deps.registry.models,
        audit: async (model: string, from: number, limit: number) =>
          model === 'churn'
            ? records.filter(({ position }) => position >= from).slice(0, limit)
            : deps.registry.audit(model, from, limit),
      },
    });
    const edited = chain.with(3, { ...chain[3]!, actor: 'arn:somebody-else' });
    const rewritten = chain.with(2, { ...chain[2]!, hash: 'f'.repeat(64) });
    for (const bad of [edited, rewritten, chain.slice(0, 2)]) {
      await expect(signCheckpoints(shown(bad), 'churn')).rejects.toMatchObject({ name: 'AuditChainBrokenError' });
    }
    await expect(signCheckpoints(shown(edited), null)).rejects.toThrow(/does not hold at record 4/);
    expect(deps.metrics.records).toHaveLength(4);
    expect(deps.metrics.records[0]).toMatchObject({ dimensions: { Model: 'churn' }, values: { AuditChainsBroken: 1 } });
    expect((await deps.checkpoints.newest('churn'))?.position).toBe(3);
    expect((await deps.checkpoints.newest('other'))?.position).toBe(2);
  });
});
