import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { synthesize } from '../../../cli/up/synthesize.ts';
import { type RunningRegion, startRegion } from '../../../local/region.ts';
import { csvOf, shopOrders, writeFiles } from '../../../test/e2e/shop-orders.ts';
import { commandJson } from './command.ts';
import { makeCounter, type PlatformCounts } from './platform-counts.ts';

/** A region that runs the definitions beside this file, with orders, features and a promoted release. */
export interface PreparedPlatform {
  readonly region: RunningRegion;
  readonly url: string;
  readonly stateDir: string;
  /** Folder for files of cases. */
  readonly dir: string;
  /** What was loaded. */
  readonly ordersCsv: string;
  /** A customer whose features are all there. */
  readonly customerId: number;
  /** Of model `returning`, promoted. */
  readonly releaseId: string;
  /** Of model `demanding`, whose gate it did not pass. */
  readonly failedReleaseId: string;
  /** Answered by the promoted release. */
  readonly predictionId: string;
  counts(): Promise<PlatformCounts>;
  stop(): Promise<void>;
}

export async function preparePlatform(say: (line: string) => void): Promise<PreparedPlatform> {
  const dir = await mkdtemp(join(tmpdir(), 'headgate-bad-input-'));
  const stateDir = join(dir, 'state');
  say('synthesizing');
  const assemblyDir = await synthesize({
    rootDir: resolve(import.meta.dirname, '../../..'),
    definitionsDir: join(import.meta.dirname, 'definitions'),
    stateDir,
    signal: new AbortController().signal,
  });
  say('bringing the region up');
  const region = await startRegion({ assemblyDir, stateDir, apiPort: 0, awsPort: 0, speed: 20 });
  const url = region.apiUrl;
  const orders = shopOrders();
  const files = writeFiles(dir, { 'orders.csv': csvOf(orders) });
  const customerId = orders.at(-1)!.customer_id;
  say('loading and training');
  await commandJson(url, ['ingest', 'orders', files['orders.csv']]);
  await commandJson(url, ['materialize', 'order_habit', 'last_order']);
  const promoted = await commandJson<{ releaseId: string }>(url, ['train', 'returning']);
  const failed = await commandJson<{ error: { releaseId: string } }>(url, ['train', 'demanding']);
  const predicted = await commandJson<{ predictionId: string }>(url, [
    'predict',
    'returning',
    `customer_id=${customerId}`,
  ]);
  const counter = await makeCounter(region);
  return {
    region,
    url,
    stateDir,
    dir,
    ordersCsv: files['orders.csv'],
    customerId,
    releaseId: promoted.releaseId,
    failedReleaseId: failed.error.releaseId,
    predictionId: predicted.predictionId,
    counts: () => counter.count(),
    stop: async () => {
      counter.close();
      await region.stop();
      await Promise.all([dir, assemblyDir].map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}
