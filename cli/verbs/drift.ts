import type { DriftScanListResponse, ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import type { DriftReport } from '../../contracts/drift-scan.ts';
import { followExecution } from '../api/follow-execution.ts';
import { scanLines } from '../terminal/scan-lines.ts';
import { tableLines } from '../terminal/table-text.ts';
import { unreadableLines } from '../terminal/unreadable-lines.ts';
import type { VerbContext } from './verb-context.ts';

export interface DriftOptions {
  readonly scan?: boolean;
  readonly list?: boolean;
  readonly all?: boolean;
  readonly to?: string | undefined;
}

/** What the flow ends with. */
type Scan = DriftReport | { readonly action: 'nothing'; readonly because: string };

/** Shows the newest scan of a model, or starts one and shows that, or lists those there are. */
export async function drift(context: VerbContext, model: string, options: DriftOptions): Promise<void> {
  const { api, terminal } = context;
  const path = `/v1/models/${encodeURIComponent(model)}`;
  if (options.scan === true || options.to !== undefined) {
    const { executionId } = await api.post<ExecutionStartedResponse>(`${path}/drift-scans`, { to: options.to });
    printScan(context, await followExecution<Scan>(api, executionId, `scanning ${model}`, terminal), options);
    return;
  }
  const limit = options.list === true ? '' : '?limit=1';
  const found = await api.get<DriftScanListResponse>(`${path}/drift${limit}`);
  if (options.list === true) {
    terminal.json(found);
    for (const line of [...listLines(found.scans), ...unreadableLines(found.unreadable)]) terminal.print(line);
    return;
  }
  const [newest] = found.scans;
  const because = 'it was never scanned; headgate drift MODEL --scan does that now';
  printScan(context, newest ?? { action: 'nothing', because }, options);
  for (const line of unreadableLines(found.unreadable)) terminal.print(line);
}

function printScan({ terminal }: VerbContext, scan: Scan, { all = false }: DriftOptions): void {
  terminal.json(scan);
  if ('action' in scan) {
    terminal.print(`nothing was scanned: ${scan.because}`);
    return;
  }
  for (const line of scanLines(scan, terminal.colors, all)) terminal.print(line);
}

function listLines(scans: readonly DriftReport[]): readonly string[] {
  const rows = scans.map(({ at, diagnosis, drift: found, performance, health, cause }) => [
    at,
    diagnosis.kind,
    found?.outcome ?? '',
    performance?.outcome ?? '',
    health.outcome,
    cause,
  ]);
  const header = ['SCAN', 'DIAGNOSIS', 'DRIFT', 'PERFORMANCE', 'HEALTH', 'CAUSE'];
  return rows.length === 0 ? ['there are no scans yet'] : tableLines(header, rows);
}
