import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { makeApiClient } from '../../../cli/api/api-client.ts';
import { makeTerminal } from '../../../cli/terminal/terminal.ts';
import { ingest } from '../../../cli/verbs/ingest.ts';
import { materialize } from '../../../cli/verbs/materialize.ts';
import { train } from '../../../cli/verbs/train.ts';
import type { ReleaseResponse } from '../../../contracts/api/catalog.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { RunningRegion } from '../../../local/region.ts';
import { lastTotals } from './last-totals.ts';
import { writeInvoiceTotals } from './write-invoice-totals.ts';

/**
 * Point-in-time rules on Online Retail (UCI 352): of the 1,236 invoices of January 2011, how many see an invoice total
 * of their customer, and the sum of the last one seen. Measured outside this project.
 */
export const RULES = [
  { rule: 'ts <= t (sees the invoice itself)', view: 'at_or_before', matched: 1_236, sum: '475570.45' },
  { rule: 'ts < t', view: 'before', matched: 814, sum: '413011.39' },
  { rule: 't - 30 d <= ts < t', view: 'within_30d', matched: 611, sum: '345651.70' },
] as const;

export interface Measured {
  readonly rule: string;
  readonly rows: number;
  readonly matched: number;
  readonly sum: string;
}

/**
 * Takes the file through a region that runs the definitions beside this file, by the verbs of the command line, and
 * measures the rules on the training sets that it sealed.
 */
export async function measureRules(
  region: RunningRegion,
  onlineRetailFile: string,
  say: (line: string) => void,
): Promise<readonly Measured[]> {
  const quiet = { write: () => {} };
  const terminal = makeTerminal({
    stdout: quiet,
    stderr: { write: say },
    isScreen: false,
    isJson: true,
    colors: pc.createColors(false),
  });
  const context = { api: makeApiClient({ url: region.apiUrl, env: {} }), terminal };
  const folder = await mkdtemp(join(tmpdir(), 'headgate-invoices-'));
  try {
    const file = join(folder, 'invoices.parquet');
    await writeInvoiceTotals(onlineRetailFile, file);
    for (const source of ['invoices', 'settled_invoices']) {
      await ingest(context, source, file, { history: true });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  await materialize(context, [], {});
  const measured: Measured[] = [];
  for (const { rule, view } of RULES) {
    const { releaseId } = await train(context, `sees_${view}`, undefined);
    const { manifest } = await context.api.get<ReleaseResponse>(`/v1/releases/${releaseId}`);
    const { trainingSet } = manifest as unknown as ReleaseManifest; // by its schema
    const totals = await lastTotals(region, trainingSet.uri, `${view}__total`);
    const seen = totals.filter((total) => total !== null);
    const sum = seen.reduce((all, total) => all + total, 0).toFixed(2);
    measured.push({ rule, rows: totals.length, matched: seen.length, sum });
  }
  return measured;
}
