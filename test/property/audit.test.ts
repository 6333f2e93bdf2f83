import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSignedBy, keyOf } from '../../cli/audit/checkpoint-signature.ts';
import { type AuditRecord, CHAIN_START, nextRecord } from '../../core/audit/audit-record.ts';
import type { Checkpoint } from '../../core/audit/checkpoint.ts';
import { verifyAudit } from '../../core/audit/verify-audit.ts';
import { digestOf } from '../../core/canonical-json.ts';
import { auditKey } from '../audit-key.ts';

const MODEL = 'churn';
const key = auditKey();
const isSigned = (checkpoint: Checkpoint) => isSignedBy(keyOf(key.publicKey), checkpoint);

function chainOf(details: readonly object[], model = MODEL): AuditRecord[] {
  const chain: AuditRecord[] = [];
  for (const [index, detail] of details.entries()) {
    const event = { action: `act-${index}`, actor: 'arn:x', at: '2026-03-01T12:00:00.000Z', detail: { ...detail } };
    chain.push(nextRecord(model, chain.at(-1) ?? { position: 0, hash: CHAIN_START }, event));
  }
  return chain;
}

const signedAt = (chain: readonly AuditRecord[], positions: readonly number[]) =>
  positions.map((position, i) =>
    key.checkpoint({
      model: MODEL,
      position,
      hash: chain[position - 1]!.hash,
      previousPosition: positions[i - 1] ?? 0,
    }),
  );

/** A chain of 2 to 15 records, signed for at some of them and always at the last. */
const audit = fc
  .array(fc.record({ note: fc.string({ maxLength: 5 }) }), { minLength: 2, maxLength: 15 })
  .chain((details) => fc.tuple(fc.constant(details), fc.subarray(details.map((_, i) => i + 1))))
  .map(([details, some]) => {
    const chain = chainOf(details);
    return { chain, checkpoints: signedAt(chain, [...new Set([...some, chain.length])]) };
  });
const place = fc.nat();
const seed = { seed: 20260301, numRuns: 60 };

test('nothing is said of a chain that is whole', () => {
  fc.assert(
    fc.property(audit, ({ chain, checkpoints }) => {
      const report = verifyAudit(MODEL, chain, checkpoints, isSigned);
      expect(report).toEqual({
        model: MODEL,
        records: chain.length,
        checkpoints: checkpoints.length,
        signedTo: chain.length,
        problem: null,
      });
    }),
    seed,
  );
});

test('an edited record is named, whichever member was edited', () => {
  const members = ['action', 'actor', 'at', 'detail', 'model', 'position', 'previousHash', 'hash'] as const;
  fc.assert(
    fc.property(audit, place, fc.constantFrom(...members), ({ chain, checkpoints }, at, member) => {
      const i = at % chain.length;
      const value = { detail: { note: 'edited' }, position: 99 }[member as string] ?? 'edited';
      const edited = chain.with(i, { ...chain[i]!, [member]: value });
      expect(verifyAudit(MODEL, edited, checkpoints, isSigned).problem).toMatchObject({
        fault: 'edited',
        position: i + 1,
      });
    }),
    seed,
  );
});

test('a dropped record is named, and a chain cut short is known by its newest checkpoint', () => {
  fc.assert(
    fc.property(audit, place, ({ chain, checkpoints }, at) => {
      const i = at % chain.length;
      const isLast = i === chain.length - 1;
      expect(verifyAudit(MODEL, chain.toSpliced(i, 1), checkpoints, isSigned).problem).toMatchObject({
        fault: isLast ? 'truncated' : 'dropped',
        position: i + 1,
      });
      expect(verifyAudit(MODEL, chain.slice(0, i), checkpoints, isSigned).problem).toMatchObject({
        fault: 'truncated',
        position: i + 1,
      });
    }),
    seed,
  );
});

test('records that changed places are named', () => {
  fc.assert(
    fc.property(audit, place, ({ chain, checkpoints }, at) => {
      const i = at % (chain.length - 1);
      const swapped = chain.with(i, chain[i + 1]!).with(i + 1, chain[i]!);
      expect(verifyAudit(MODEL, swapped, checkpoints, isSigned).problem).toMatchObject({
        fault: 'reordered',
        position: i + 1,
      });
    }),
    seed,
  );
});

test('a record that was made anew breaks the link after it, and a whole chain made anew meets its signatures', () => {
  fc.assert(
    fc.property(audit, place, ({ chain, checkpoints }, at) => {
      const i = at % chain.length;
      const { hash: _, ...body } = { ...chain[i]!, detail: { note: 'made anew' } };
      const anew = chain.with(i, { ...body, hash: digestOf(body) });
      const found = verifyAudit(MODEL, anew, checkpoints, isSigned).problem;
      expect(found).not.toBeNull();
      expect(found!.position).toBeLessThanOrEqual(i + 2);

      const details = chain.map(({ detail }, j) => (j === i ? { note: 'made anew' } : detail));
      const before = checkpoints.findLast(({ position }) => position <= i)?.position ?? 0;
      expect(verifyAudit(MODEL, chainOf(details), checkpoints, isSigned).problem).toMatchObject({
        fault: 'rewritten',
        position: before + 1,
      });
    }),
    seed,
  );
});

test('a checkpoint that was edited, dropped or signed by somebody else is named', () => {
  const stranger = auditKey();
  fc.assert(
    fc.property(audit, place, ({ chain, checkpoints }, at) => {
      const i = at % checkpoints.length;
      const mine = checkpoints[i]!;
      const edited = checkpoints.with(i, { ...mine, signedAt: '2026-03-02T12:00:00.000Z' });
      const foreign = checkpoints.with(i, stranger.checkpoint(mine));
      for (const forged of [edited, foreign]) {
        expect(verifyAudit(MODEL, chain, forged, isSigned).problem).toMatchObject({
          fault: 'forged',
          position: mine.position,
        });
      }
      if (i === checkpoints.length - 1) return;
      expect(verifyAudit(MODEL, chain, checkpoints.toSpliced(i, 1), isSigned).problem?.fault).toBe('unlinked');
    }),
    seed,
  );
});

test('the chain of another model is not taken for this one', () => {
  const other = chainOf([{}, {}], 'other');
  expect(verifyAudit(MODEL, other, [], isSigned).problem).toMatchObject({ fault: 'foreign', position: 1 });
});
