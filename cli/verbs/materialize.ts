import type { FeatureViewListResponse } from '../../contracts/api/catalog.ts';
import type { ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import { ExecutionFailedError, followExecution } from '../api/follow-execution.ts';
import { CliError } from '../cli-error.ts';
import { plural } from '../terminal/plain-words.ts';
import type { VerbContext } from './verb-context.ts';

export interface MaterializeOptions {
  /** ISO 8601. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Output of the flow; members are absent when there was nothing to compute. */
export interface MaterializeResult {
  readonly view: string;
  readonly action: 'compute' | 'online-only' | 'nothing';
  readonly because?: string;
  readonly rows?: number;
  readonly materializedTo?: string | null;
  /** Items that went online, and those that were older than what is there. */
  readonly written?: number;
  readonly stale?: number;
  /** Null when the view expects nothing. */
  readonly quality?: { readonly setAsideRows: number; readonly broken: readonly string[] } | null;
}

/**
 * Computes views (`view`, or `view@version`) one after the other, offline and then online; all of them when none is
 * named. One that fails does not keep the others from being computed.
 *
 * @throws CliError at the end, with each view that failed and why
 */
export async function materialize(
  context: VerbContext,
  views: readonly string[],
  options: MaterializeOptions,
): Promise<readonly MaterializeResult[]> {
  const { api, terminal } = context;
  const names = views.length > 0 ? views : await allViews(api);
  const results: MaterializeResult[] = [];
  const failures: ExecutionFailedError[] = [];
  for (const view of names) {
    const [name = '', version] = view.split('@', 2);
    const path = `/v1/feature-views/${encodeURIComponent(name)}/materializations`;
    const body = {
      ...(version && { version }),
      ...(options.from && { from: options.from }),
      ...(options.to && { to: options.to }),
    };
    const { executionId } = await api.post<ExecutionStartedResponse>(path, body);
    try {
      const output = await followExecution<MaterializeResult>(api, executionId, `materializing ${view}`, terminal);
      results.push({ ...output, view });
    } catch (error) {
      if (!(error instanceof ExecutionFailedError)) throw error;
      failures.push(error);
    }
  }
  if (failures.length === 0) return results;
  printResults(context, results);
  throw failureOf(failures, results);
}

function failureOf(failures: readonly ExecutionFailedError[], results: readonly MaterializeResult[]): CliError {
  const [message, hint] = [
    failures.map((one) => one.message).join('\n'),
    failures.map((one) => one.hint).find(Boolean),
  ];
  const executions = failures.map(({ facts }) => facts['execution']);
  return new CliError(message, hint, { views: results, executions }, failures[0]);
}

export function printMaterialization(context: VerbContext, results: readonly MaterializeResult[]): void {
  context.terminal.json({ views: results });
  if (results.length === 0) context.terminal.print('there are no feature views');
  printResults(context, results);
}

function printResults({ terminal }: VerbContext, results: readonly MaterializeResult[]): void {
  for (const result of results) {
    terminal.print(`${terminal.colors.green('✓')} ${lineOf(result)}`);
    for (const broken of result.quality?.broken ?? []) terminal.print(`${terminal.colors.yellow('!')}   ${broken}`);
  }
}

function lineOf(result: MaterializeResult): string {
  const { view, action, because, rows, materializedTo, written = 0, stale = 0, quality } = result;
  if (action === 'nothing') return `${view}: nothing to do${because === undefined ? '' : `, ${because}`}`;
  const computed = rows === undefined ? 'no new rows' : `${plural(rows, 'row')} computed`;
  const until = materializedTo == null ? '' : ` up to ${materializedTo}`;
  const older = stale === 0 ? '' : `, ${stale} older than what is there`;
  const aside =
    quality == null || quality.setAsideRows === 0 ? '' : `; ${plural(quality.setAsideRows, 'row')} set aside`;
  return `${view}: ${computed}${until}; ${plural(written, 'item')} online${older}${aside}`;
}

async function allViews(api: VerbContext['api']): Promise<readonly string[]> {
  const { featureViews } = await api.get<FeatureViewListResponse>('/v1/feature-views');
  return featureViews.map(({ name }) => name);
}
