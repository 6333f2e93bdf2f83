import { describe, expect, it } from 'vitest';
import { RetrainingResponse } from '../../contracts/api/retraining.ts';
import { runCommand } from './run-command.ts';
import { apiOf } from './scripted-api.ts';

const AT = '2026-03-01T12:00:00.000Z';
const CAUSE = { kind: 'drift', at: AT, because: 'drift: spend', actor: 'x', scanId: 's1', requestId: null };
const RETRAINING = {
  retrainingId: 't1',
  causes: [CAUSE],
  executionId: 'train:abc',
  asOf: null,
  startedAt: AT,
  endedAt: '2026-03-01T13:00:00.000Z',
  status: 'promoted',
  because: 'promoted: it passed',
  replaces: null,
  releaseId: 'ab'.repeat(32),
  rolloutId: 'o1',
  labelRows: 10,
  costUsd: 0.25,
  helped: false,
  helpedBecause: 'it drifts on',
};
const STATE = {
  model: 'repeat',
  version: 3,
  retrainings: [RETRAINING],
  older: [],
  escalation: null,
  waiting: null,
  countedFrom: null,
  policy: { maxUnhelpful: 2 },
  used: { inSevenDays: 1, usdInThirtyDays: 0.25, unhelpfulInARow: 1 },
};
const PATH = '/v1/models/repeat/retraining';
const shown = async (change: object, ...words: readonly string[]) => {
  const body = RetrainingResponse.parse({ ...STATE, ...change });
  const api = await apiOf({ [`GET ${PATH}`]: { body }, [`POST ${PATH}/acknowledgements`]: { body } });
  return { api, ...(await runCommand(['retraining', 'repeat', ...words, '--url', api.url])) };
};

describe('retraining', () => {
  it('says what came of the last ones, with causes, cost and whether they helped', async () => {
    const { stdout } = await shown({});
    expect(stdout).toContain('repeat is not being trained and waits for nothing');
    expect(stdout).toContain('1 training in 7 days, $0.25 in 30 days, 1 in a row that did not help');
    expect(stdout).toMatch(/drift +promoted +abababababab +\$0\.25 +no/);
    expect(stdout).toContain('newest, whether it helped: it drifts on');
  });

  it('says what runs, what is waited for and until when', async () => {
    const running = { ...RETRAINING, endedAt: null, status: 'training', helped: null, helpedBecause: null };
    expect((await shown({ retrainings: [running] })).stdout).toContain(
      `repeat is being trained (train:abc), since ${AT}`,
    );
    const waiting = {
      kind: 'cooldown',
      at: AT,
      because: 'drift; too soon',
      until: '2026-03-02T12:00:00.000Z',
      causes: [CAUSE],
    };
    expect((await shown({ waiting })).stdout).toContain(
      'waits for cooldown, until 2026-03-02T12:00:00.000Z: drift; too soon',
    );
  });

  it('says why a person has to look, and where it is written what to do', async () => {
    const escalation = {
      at: AT,
      because: 'two did not help',
      runbook: 'docs/runbook.md#retraining-escalated',
      causes: [CAUSE],
    };
    const { stdout } = await shown({ escalation });
    expect(stdout).toContain(`a person has to look, since ${AT}: two did not help`);
    expect(stdout).toContain('docs/runbook.md#retraining-escalated');
  });

  it('tells the platform that somebody has looked, and machines the whole document', async () => {
    const { api, stdout } = await shown({}, '--acknowledge', 'source mended', '--json');
    expect(JSON.parse(api.asked[0]!.body)).toEqual({ because: 'source mended' });
    expect(RetrainingResponse.parse(JSON.parse(stdout))).toEqual(STATE);
  });

  it('of a model that only a person trains says so', async () => {
    expect((await shown({ policy: null, retrainings: [] })).stdout).toContain('only a person trains it');
  });
});
