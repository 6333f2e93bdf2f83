import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelResponse } from '../../../contracts/api/catalog.ts';
import type { IngestionReport } from '../../../contracts/api/ingestions.ts';
import type { ExecutionStartedResponse } from '../../../contracts/api/operations.ts';
import type { RolloutResponse } from '../../../contracts/api/rollouts.ts';
import type { RegisteredRelease } from '../../../contracts/training-flow.ts';
import type { GateVerdict } from '../../../core/release/release-manifest.ts';
import { countText, numberText, shortId } from '../../terminal/plain-words.ts';
import { silentTerminal } from '../../terminal/silent-terminal.ts';
import { ingest } from '../../verbs/ingest.ts';
import { type MaterializeResult, materialize } from '../../verbs/materialize.ts';
import { releaseVerdicts } from '../../verbs/release-gates.ts';
import { executionEnd, releaseEnd } from '../follow.ts';
import type { Scene, Stage } from '../stage.ts';
import type { World } from '../world/world.ts';

export interface FirstRelease {
  readonly loaded: readonly IngestionReport[];
  readonly views: readonly MaterializeResult[];
  readonly customers: number;
  readonly release: RegisteredRelease;
  readonly verdicts: readonly GateVerdict[];
  readonly rollout: RolloutResponse;
  /** As the model tells it afterwards. */
  readonly champion: string | null;
}

const VISITS = 4_000;
/** Views that the model reads. */
const VIEWS = ['account', 'habit'];

export const firstRelease: Scene<{ readonly world: World; readonly dataDir: string }, FirstRelease> = {
  name: 'first release',
  title: 'A shop and its first model: will this visit end in a purchase?',
  play: async (stage, { world, dataDir }) => {
    const { api, model, screen } = stage;
    const loaded = await loadHistory(stage, world, dataDir);
    screen.doing('features are computed and brought online');
    const views = await Promise.all(VIEWS.map((view) => materialize({ api, terminal: silentTerminal }, [view], {})));
    const { executionId } = await api.post<ExecutionStartedResponse>(`/v1/models/${model}/trainings`, {});
    const release = await executionEnd<RegisteredRelease>(stage, executionId, 'the first training');
    const verdicts = await releaseVerdicts({ api }, release.releaseId);
    const rollout = await releaseEnd(stage, firstRelease.name, release);
    const { route } = await api.get<ModelResponse>(`/v1/models/${model}`);
    return {
      loaded,
      views: views.flat(),
      customers: world.customers.length,
      release,
      verdicts,
      rollout,
      champion: route?.champion?.releaseId ?? null,
    };
  },
  claims: [
    {
      says: ({ loaded }) =>
        `${loaded.map(({ fileName, rowsWritten }) => `${countText(rowsWritten)} ${fileName.replace('.csv', '')}`).join(', ')} loaded, none lost`,
      holds: ({ loaded }) => loaded.every(({ rowsRead, rowsWritten }) => rowsRead > 0 && rowsWritten === rowsRead),
    },
    {
      says: ({ views, customers }) =>
        `features of ${views.map(({ view }) => view).join(' and ')} are online for all ${countText(customers)} customers who have any`,
      holds: ({ views, customers }) =>
        views.length === VIEWS.length &&
        views.every(({ view, written = 0 }) => (view === 'account' ? written === customers : written > 0)),
    },
    {
      says: ({ verdicts, release }) =>
        `release ${shortId(release.releaseId)} passed ${verdicts.length} gates, test AUC ${numberText(release.metrics['auc'] ?? Number.NaN)}`,
      holds: ({ verdicts, release }) =>
        release.passed && verdicts.length > 0 && verdicts.every(({ verdict }) => verdict.outcome === 'pass'),
    },
    {
      says: () => 'it was promoted, and answers',
      holds: ({ rollout, champion, release }) => rollout.outcome === 'promoted' && champion === release.releaseId,
    },
  ],
};

async function loadHistory({ api, screen }: Stage, world: World, dataDir: string): Promise<readonly IngestionReport[]> {
  screen.doing('the history is loaded');
  const { accountsCsv, ordersCsv, visitsCsv } = world.history(VISITS);
  await mkdir(dataDir, { recursive: true });
  const load = async (view: string, name: string, text: string): Promise<IngestionReport> => {
    const file = join(dataDir, name);
    await writeFile(file, text);
    return (await ingest({ api, terminal: silentTerminal }, view, file, { history: true })).report;
  };
  return Promise.all([
    load('account', 'accounts.csv', accountsCsv),
    load('habit', 'orders.csv', ordersCsv),
    load('last_visit', 'visits.csv', visitsCsv),
  ]);
}
