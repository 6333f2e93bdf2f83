import { type AuditRecord, firstBrokenRecord } from '../../../core/audit/audit-record.ts';
import { type Checkpoint, signedText, type UnsignedCheckpoint } from '../../../core/audit/checkpoint.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { PlatformError, UnavailableError } from '../../../core/errors.ts';
import type { AuditSigner } from '../../ports/audit-signer.ts';
import type { CheckpointLog } from '../../ports/checkpoint-log.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

export interface SignCheckpointsDeps {
  readonly registry: Pick<ModelRegistry, 'audit' | 'models'>;
  readonly checkpoints: CheckpointLog;
  readonly signer: AuditSigner;
  readonly objects: Pick<ObjectStore, 'putIfAbsent'>;
  /** Nothing in it can be changed or deleted for the time of its lock. */
  readonly auditBucket: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

const PAGE = 500;
const MAX_TRIES = 5;

/** The registry holds another chain than the one that was signed. Nothing more is signed until people have looked. */
export class AuditChainBrokenError extends PlatformError {
  constructor(model: string, position: number) {
    super(
      'AuditChainBrokenError',
      'corrupt-data',
      `the audit chain of model "${model}" does not hold at record ${position}; it is not signed. Look with "headgate audit verify ${model}"`,
      { model, position },
    );
  }
}

/**
 * Signs where the chain of a model stands, or of every model, when it has grown since the last time, and keeps the new
 * records and the checkpoint where nobody can change them. Safe to repeat, and to be done by several at once.
 *
 * @throws AuditChainBrokenError for a chain that does not follow from the last checkpoint; the other models are signed
 */
export async function signCheckpoints(
  deps: SignCheckpointsDeps,
  only: string | null,
): Promise<{ readonly signed: readonly { readonly model: string; readonly position: number }[] }> {
  const models = only === null ? (await deps.registry.models()).map(({ name }) => name) : [only];
  const done = await Promise.allSettled(models.map((model) => signModel(deps, model)));
  const failures = done.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  for (const failure of failures) if (failure instanceof AuditChainBrokenError) tell(deps.metrics, failure);
  if (failures.length > 0) throw failures[0];
  const signed = done.flatMap((one) => (one.status === 'fulfilled' && one.value !== null ? [one.value] : []));
  return { signed: signed.map(({ model, position }) => ({ model, position })) };
}

/** A chain that does not hold is not a signature that is late: it has an alarm of its own. */
function tell(metrics: Metrics, { details }: AuditChainBrokenError): void {
  metrics.put({
    dimensions: { Model: String(details['model']) },
    dimensionSets: [['Model'], []],
    values: { AuditChainsBroken: 1 },
    unit: 'Count',
  });
}

/** Null when there is nothing new. */
async function signModel(deps: SignCheckpointsDeps, model: string): Promise<Checkpoint | null> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const last = await deps.checkpoints.newest(model);
    const fresh = await recordsSince(deps, model, last);
    if (last !== null) await keepCopy(deps, last); // the copy of an earlier try may be missing
    const head = fresh.at(-1);
    if (head === undefined) return null;
    const checkpoint = await signed(deps, model, head, last?.position ?? 0);
    await keepRecords(deps, model, fresh);
    if (await deps.checkpoints.add(checkpoint)) {
      await keepCopy(deps, checkpoint);
      return checkpoint;
    }
  }
  throw new UnavailableError(`others keep signing the audit chain of model "${model}"; try again`, { model });
}

/** The records after the checkpoint, after making sure that they and the record it signed are what they were. */
async function recordsSince(
  { registry }: SignCheckpointsDeps,
  model: string,
  last: Checkpoint | null,
): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  let from = last?.position ?? 1;
  for (;;) {
    const page = await registry.audit(model, from, PAGE);
    records.push(...page);
    if (page.length < PAGE) break;
    from += page.length;
  }
  if (last !== null && records.shift()?.hash !== last.hash) throw new AuditChainBrokenError(model, last.position);
  const broken = firstBrokenRecord(records, last ?? undefined);
  if (broken !== null) throw new AuditChainBrokenError(model, broken.position);
  return records;
}

async function signed(
  { signer, clock }: SignCheckpointsDeps,
  model: string,
  head: AuditRecord,
  previousPosition: number,
): Promise<Checkpoint> {
  const unsigned: UnsignedCheckpoint = {
    schema: 'headgate.audit-checkpoint/v1',
    model,
    position: head.position,
    hash: head.hash,
    previousPosition,
    signedAt: clock.now().toISOString(),
    ...(await signer.key()),
  };
  return { ...unsigned, signature: await signer.sign(signedText(unsigned)) };
}

/** One record a line, from the one after the last checkpoint. */
async function keepRecords(deps: SignCheckpointsDeps, model: string, records: readonly AuditRecord[]): Promise<void> {
  const [first, last] = [records[0]!.position, records.at(-1)!.position];
  const lines = records.map((record) => `${canonicalJson(record)}\n`).join('');
  await keep(deps, `record/${model}/${padded(first)}-${padded(last)}.jsonl`, lines, 'application/jsonl');
}

async function keepCopy(deps: SignCheckpointsDeps, checkpoint: Checkpoint): Promise<void> {
  const key = `checkpoint/${checkpoint.model}/${padded(checkpoint.position)}.json`;
  await keep(deps, key, canonicalJson(checkpoint), 'application/json');
}

async function keep(deps: SignCheckpointsDeps, key: string, text: string, contentType: string): Promise<void> {
  await deps.objects.putIfAbsent({ bucket: deps.auditBucket, key }, new TextEncoder().encode(text), contentType);
}

function padded(position: number): string {
  return String(position).padStart(12, '0');
}
