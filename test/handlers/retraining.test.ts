import { beforeEach, describe, expect, it } from 'vitest';
import { RetrainingResponse } from '../../contracts/api/retraining.ts';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { sourceTable } from '../../core/offline/table-layout.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makeAcknowledgeRetraining } from '../../lambdas/handlers/retraining/acknowledge.ts';
import { makeReadRetraining } from '../../lambdas/handlers/retraining/read.ts';
import { makeReconcileRetrainings } from '../../lambdas/handlers/retraining/reconcile.ts';
import { RetrainingLab } from '../faults/retraining-lab.ts';
import { call } from './http-event.ts';

const path = { model: 'churn' };
let lab: RetrainingLab;
beforeEach(async () => {
  lab = await RetrainingLab.open();
});
const read = async () => {
  const answer = await call(makeReadRetraining(lab.deps, silentLog), 'GET /v1/models/{model}/retraining', undefined, {
    path,
  });
  return RetrainingResponse.parse(answer.body);
};

/** Two in a row that fail, and drift again. */
async function escalate(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await lab.scan({ drift: 'drifting' });
    await lab.advance();
    await lab.endTraining('failed');
    await lab.advance();
    lab.tick(6 * HOUR_MS);
  }
  await lab.scan({ drift: 'drifting' });
  await lab.advance();
}

describe("what is known of a model's retraining", () => {
  it('is told with what of the limits is used up', async () => {
    await escalate();
    const { policy, used, escalation, retrainings } = await read();
    expect(policy).toMatchObject({ maxUnhelpful: 2 });
    expect(used).toMatchObject({ inSevenDays: 2, unhelpfulInARow: 2 });
    expect([retrainings.length, escalation?.runbook]).toEqual([2, 'docs/runbook.md#retraining-escalated']);
  });

  it('is not known of a model that is not there', async () => {
    const answer = await call(makeReadRetraining(lab.deps, silentLog), 'GET /v1/models/{model}/retraining', undefined, {
      path: { model: 'nobody' },
    });
    expect(answer.status).toBe(404);
  });
});

describe('a person who has looked', () => {
  const acknowledge = (body: object) =>
    call(makeAcknowledgeRetraining(lab.deps, silentLog), 'POST /v1/models/{model}/retraining/acknowledgements', body, {
      path,
    });

  it('ends an escalation with a reason, once', async () => {
    await escalate();
    expect((await acknowledge({})).status).toBe(400);
    const { status, body } = await acknowledge({ because: 'source mended' });
    expect([status, RetrainingResponse.parse(body)]).toMatchObject([
      200,
      { escalation: null, used: { unhelpfulInARow: 0 } },
    ]);
    const { version } = await lab.state();
    expect((await acknowledge({ because: 'source mended' })).status).toBe(200);
    expect((await lab.state()).version).toBe(version);
    expect((await lab.actions()).at(-1)).toBe('retraining.acknowledged');
    expect(await lab.advance()).toMatchObject({ action: 'train' });
  });
});

describe('the look at every model', () => {
  const reconcile = (event: object) => makeReconcileRetrainings(lab.deps)(event, {} as never);

  it('notes what no event told of, and starts what the calendar asks for', async () => {
    lab = await RetrainingLab.open({ on: { drift: true, degradation: true, everyMs: 30 * DAY_MS, newRows: null } });
    expect(await reconcile({})).toMatchObject({ advanced: [{ model: 'churn', action: 'nothing' }] });
    lab.tick(30 * DAY_MS);
    expect(await reconcile({})).toMatchObject({ advanced: [{ action: 'train' }] });
    await lab.endTraining('passed');
    expect(await reconcile({ input: '{"model":"churn","cause":"x"}', status: 'SUCCEEDED' })).toMatchObject({
      advanced: [{ model: 'churn', action: 'nothing' }],
    });
    expect((await lab.newest()).status).toBe('rolling-out');
  });

  it('looks at every model when the execution was started with something else', async () => {
    for (const input of ['no json', '{"model":7}', '{"model":"other"}']) {
      expect(await reconcile({ input })).toMatchObject({ advanced: [{ model: 'churn' }] });
    }
  });

  it("starts when enough rows of the label's source have come since the last training", async () => {
    lab = await RetrainingLab.open({ on: { drift: true, degradation: true, everyMs: null, newRows: 1_000 } });
    const { tables } = lab.platform;
    const orders = sourceTable('orders');
    const load = async (runId: string, rows: number) => {
      await tables.open(orders, runId, HOUR_MS, 'beside-others');
      const facts = { rows, oldestEventTimeMs: 0, newestEventTimeMs: 1, materializedToMs: null, report: {} };
      await tables.commit(orders, runId, facts);
      lab.tick(1);
    };
    await load('a', 999);
    expect(await reconcile({})).toMatchObject({ advanced: [{ action: 'nothing' }] });
    await load('b', 1);
    expect(await reconcile({})).toMatchObject({ advanced: [{ action: 'train' }] });
    expect(await lab.newest()).toMatchObject({ labelRows: 1_000, causes: [{ kind: 'new-data' }] });
    await lab.endTraining('not-passed');
    await load('c', 999);
    lab.tick(DAY_MS);
    expect(await reconcile({})).toMatchObject({ advanced: [{ action: 'nothing' }] });
    await load('d', 1);
    expect(await reconcile({})).toMatchObject({ advanced: [{ action: 'train' }] });
  });
});
