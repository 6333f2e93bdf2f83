import { digestOf } from '../canonical-json.ts';
import { type AuditRecord, CHAIN_START } from './audit-record.ts';
import type { Checkpoint } from './checkpoint.ts';

/**
 * What is wrong with a chain. `edited`: a record does not say what its hash says. `replaced`: a record does not follow
 * from the one before. `dropped`, `reordered`, `foreign`: a position is missing, comes elsewhere, or is another model's.
 * `truncated` and `rewritten` only a checkpoint shows; `forged` and `unlinked` are faults of a checkpoint itself.
 */
export type AuditFault =
  | 'edited'
  | 'replaced'
  | 'dropped'
  | 'reordered'
  | 'foreign'
  | 'truncated'
  | 'rewritten'
  | 'forged'
  | 'unlinked';

export interface AuditProblem {
  readonly fault: AuditFault;
  /** Of the first bad record. */
  readonly position: number;
  readonly because: string;
}

export interface AuditReport {
  readonly model: string;
  readonly records: number;
  readonly checkpoints: number;
  /** Position up to which every record is signed for; 0 for none. */
  readonly signedTo: number;
  /** Null when everything holds. */
  readonly problem: AuditProblem | null;
}

/**
 * Checks a whole chain, from its first record, and every checkpoint of it. Needs nothing but what it is given, so it can
 * be done anywhere and by anybody.
 *
 * Records after the newest checkpoint are linked but not signed for yet: whoever can write the registry could still
 * replace them.
 *
 * @param records in the order in which they are kept
 * @param isSigned whether a checkpoint's signature is right, by a key that the verifier trusts
 */
export function verifyAudit(
  model: string,
  records: readonly AuditRecord[],
  checkpoints: readonly Checkpoint[],
  isSigned: (checkpoint: Checkpoint) => boolean,
): AuditReport {
  const inOrder = checkpoints.toSorted((a, b) => a.position - b.position);
  const ofChain = chainProblem(model, records);
  // what a checkpoint after the first bad record says is no news
  const before = inOrder.filter(({ position }) => ofChain === null || position < ofChain.position);
  const problem = checkpointProblem(model, records, before, isSigned) ?? ofChain;
  return {
    model,
    records: records.length,
    checkpoints: checkpoints.length,
    signedTo: problem === null ? (inOrder.at(-1)?.position ?? 0) : signedBefore(inOrder, problem.position),
    problem,
  };
}

/** The first record that is not what follows from the ones before it, or null. */
function chainProblem(model: string, records: readonly AuditRecord[]): AuditProblem | null {
  let previousHash = CHAIN_START;
  for (const [index, record] of records.entries()) {
    const problem = recordProblem(model, records, record, index + 1, previousHash);
    if (problem !== null) return problem;
    previousHash = record.hash;
  }
  return null;
}

function recordProblem(
  model: string,
  records: readonly AuditRecord[],
  record: AuditRecord,
  expected: number,
  previousHash: string,
): AuditProblem | null {
  const { hash, ...body } = record;
  const fault = (name: AuditFault, position: number, because: string) => ({ fault: name, position, because });
  if (digestOf(body) !== hash) {
    return fault('edited', expected, `record ${expected} was edited: it does not say what its hash was made of`);
  }
  if (record.model !== model) {
    return fault('foreign', expected, `record ${expected} is of model "${record.model}", not of "${model}"`);
  }
  if (record.position !== expected) {
    const isElsewhere = records.some(({ position }) => position === expected);
    return isElsewhere
      ? fault('reordered', expected, `record ${record.position} stands where record ${expected} belongs`)
      : fault('dropped', expected, `record ${expected} is missing: record ${record.position} comes in its place`);
  }
  if (record.previousHash !== previousHash) {
    const because = `record ${expected} does not follow from record ${expected - 1}: one of them was replaced`;
    return fault('replaced', expected, because);
  }
  return null;
}

function checkpointProblem(
  model: string,
  records: readonly AuditRecord[],
  checkpoints: readonly Checkpoint[],
  isSigned: (checkpoint: Checkpoint) => boolean,
): AuditProblem | null {
  const hashes = new Map(records.map(({ position, hash }) => [position, hash]));
  let previous = 0;
  for (const checkpoint of checkpoints) {
    const { position, signedAt } = checkpoint;
    if (checkpoint.model !== model || !isSigned(checkpoint)) {
      const because = `the checkpoint at record ${position}, said to be of ${signedAt}, is not signed by the key for model "${model}"`;
      return { fault: 'forged', position, because };
    }
    if (checkpoint.previousPosition !== previous) {
      const because = `the checkpoint at record ${position} follows one at record ${checkpoint.previousPosition}, which is not there`;
      return { fault: 'unlinked', position: Math.min(position, checkpoint.previousPosition), because };
    }
    const found = hashes.get(position);
    if (found === undefined) {
      const last = Math.max(0, ...hashes.keys());
      const because = `the chain was cut short: it ends at record ${last}, but record ${position} was signed for on ${signedAt}`;
      if (position > last) return { fault: 'truncated', position: last + 1, because };
    } else if (found !== checkpoint.hash) {
      const because = `record ${position} is not the one that was signed for on ${signedAt}: something from record ${previous + 1} on was rewritten`;
      return { fault: 'rewritten', position: previous + 1, because };
    }
    previous = position;
  }
  return null;
}

function signedBefore(checkpoints: readonly Checkpoint[], position: number): number {
  return checkpoints.findLast((checkpoint) => checkpoint.position < position)?.position ?? 0;
}
