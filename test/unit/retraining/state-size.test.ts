import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../core/clock.ts';
import { withBegun } from '../../../core/retraining/change-state.ts';
import { mergeCauses } from '../../../core/retraining/merge-causes.ts';
import { progressOf } from '../../../core/retraining/progress.ts';
import {
  causesText,
  type Retraining,
  type RetrainingCause,
  type RetrainingState,
} from '../../../core/retraining/retraining.ts';
import { shortened } from '../../../core/retraining/shortened.ts';
import { cause, NOW_MS, stateWith, training } from './retraining-parts.ts';

/** Bytes of a DynamoDB item. Source: Amazon DynamoDB developer guide, quotas. */
const MAX_ITEM_BYTES = 400 * 1024;
const ACTOR = `arn:aws:sts::123456789012:assumed-role/${'r'.repeat(64)}/${'s'.repeat(64)}`;
const SENTENCE = 'a column drifts by much more than it may '.repeat(1_000);

const seen = (['drift', 'degradation', 'schedule', 'new-data'] as const).map((kind) =>
  cause({ kind, actor: ACTOR, scanId: 'a'.repeat(32), because: `${kind}: ${shortened(SENTENCE)}` }),
);
const asked = Array.from({ length: 100 }, (_, i): RetrainingCause => {
  const requestId = String(i).padStart(32, '0');
  return cause({ kind: 'person', actor: ACTOR, because: `asked by ${ACTOR}`, scanId: null, requestId });
});

/** As long as one can become: asked for by everybody, and ended with a message that is a stack trace. */
function long(i: number): Retraining {
  const begun = training({
    retrainingId: String(i).padStart(32, '0'),
    startedAt: new Date(NOW_MS + i * HOUR_MS).toISOString(),
    causes: mergeCauses(mergeCauses([], seen), asked),
    executionId: `train:${'e'.repeat(32)}`,
    because: causesText(seen),
    replaces: 'c'.repeat(64),
  });
  const error = { name: 'SageMaker.Failure', message: SENTENCE };
  const execution = { status: 'FAILED', endedAt: begun.startedAt, error } as const;
  const progress = progressOf(begun, { of: 'training', execution, release: null, costUsd: 1.5 }, NOW_MS);
  if (progress.to !== 'change') throw new Error(progress.to);
  return { ...progress.next, releaseId: 'd'.repeat(64), rolloutId: 'f'.repeat(32) };
}

it('a text of one long word is cut in the word', () => {
  expect(shortened('abcdef', 4)).toBe('abc…');
});

describe('the causes of a retraining', () => {
  it('keep a place for each kind, however many people have asked before', () => {
    const crowd = mergeCauses([], asked);
    expect(mergeCauses(crowd, asked.slice(50))).toBe(crowd);
    const merged = mergeCauses(crowd, seen);
    expect(merged).toHaveLength(crowd.length);
    expect(merged.flatMap(({ kind }) => (kind === 'person' ? [] : [kind])).sort()).toEqual(
      seen.map(({ kind }) => kind).sort(),
    );
    expect(merged[0]).toBe(crowd[0]);
    expect(mergeCauses(merged, [...seen, ...asked])).toBe(merged);
  });
});

describe('the state of retraining', () => {
  it('fits into one item, however much is said of each of its retrainings', () => {
    let state: RetrainingState = stateWith([]);
    for (let i = 0; i < 60; i++) state = withBegun(state, long(i));
    const { causes } = state.retrainings[0]!;
    const escalation = { at: causes[0]!.at, because: shortened(SENTENCE), runbook: 'docs/runbook.md', causes };
    expect(state.retrainings).toHaveLength(50);
    expect(JSON.stringify({ ...state, escalation }).length).toBeLessThan(0.9 * MAX_ITEM_BYTES);
  });
});
