import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelResponse } from '../../contracts/api/catalog.ts';
import { generateShop } from '../example/generate-shop.ts';
import { countText, secondsText } from '../terminal/plain-words.ts';
import { ingest } from '../verbs/ingest.ts';
import { materialize } from '../verbs/materialize.ts';
import { type EntityPrediction, predict } from '../verbs/predict.ts';
import { assertPromoted, train } from '../verbs/train.ts';
import type { VerbContext } from '../verbs/verb-context.ts';

/** Of definitions/shop.ts. */
const MODEL = 'repeat_buyer';
const SEED = 7;

export interface ExampleRun {
  readonly prediction: EntityPrediction;
  readonly entities: Readonly<Record<string, string>>;
}

/**
 * The shop example from its data to a prediction. What was done before (an earlier start, an interrupted one) is not
 * done again: files that were loaded are known by their digest, and a model that answers is asked at once.
 *
 * @param dataDir where the invented files are kept, so that they stay the same
 */
export async function runExample(context: VerbContext, dataDir: string): Promise<ExampleRun> {
  const { api, terminal } = context;
  const shop = await exampleData(dataDir);
  const { route } = await api.get<ModelResponse>(`/v1/models/${MODEL}`);
  if ((route?.champion ?? null) === null) {
    const done = async <T>(what: (result: T) => string, work: () => Promise<T>): Promise<void> => {
      const startedAt = Date.now();
      const result = await work();
      terminal.note(
        `${terminal.colors.green('✓')} ${what(result)} ${terminal.colors.dim(`(${secondsText(Date.now() - startedAt)})`)}`,
      );
    };
    for (const [view, file] of [
      ['customer_spend', shop.transactionsFile],
      ['customer_profile', shop.profilesFile],
    ] as const) {
      await done(
        ({ report }) =>
          `${report.fileName}: ${countText(report.rowsWritten)} of ${countText(report.rowsRead)} rows loaded, ${countText(report.rowsQuarantined)} quarantined`,
        () => ingest(context, view, file, { history: false }),
      );
    }
    await done(
      (views) =>
        views
          .map(({ view, rows = 0, written = 0 }) => `${view}: ${countText(rows)} rows, ${countText(written)} online`)
          .join('; '),
      () => materialize(context, [], {}),
    );
    await done(
      ({ metrics }) => `${MODEL} trained, judged and promoted (test auc ${metrics['auc']?.toFixed(3) ?? 'unknown'})`,
      async () => {
        const result = await train(context, MODEL, undefined);
        assertPromoted(result);
        return result;
      },
    );
  }
  const entities = { customer_id: shop.customerId };
  return { prediction: await predict(context, MODEL, { entities, context: {} }), entities };
}

interface ExampleData {
  readonly transactionsFile: string;
  readonly profilesFile: string;
  readonly customerId: string;
}

/** Written once, because the history ends yesterday and tomorrow's yesterday is another. */
async function exampleData(dataDir: string): Promise<ExampleData> {
  const noteFile = join(dataDir, 'shop.json');
  try {
    return JSON.parse(await readFile(noteFile, 'utf8')) as ExampleData; // written below
  } catch {
    // not there yet, or not whole
  }
  const shop = generateShop({ seed: SEED, now: new Date() });
  const data: ExampleData = {
    transactionsFile: join(dataDir, 'transactions.csv'),
    profilesFile: join(dataDir, 'profiles.jsonl'),
    customerId: shop.sampleCustomerId,
  };
  await mkdir(dataDir, { recursive: true });
  await writeFile(data.transactionsFile, shop.transactionsCsv);
  await writeFile(data.profilesFile, shop.profilesJsonl);
  await writeFile(noteFile, JSON.stringify(data));
  return data;
}
