import type { ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import type { LeakReport } from '../../contracts/leak-check.ts';
import { followExecution } from '../api/follow-execution.ts';
import { countText, numberText, shortId } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { VerbContext } from './verb-context.ts';

/** Trains the newest release once more without the knowledge cut, and waits for what that would have changed. */
export async function checkLeak({ api, terminal }: VerbContext, model: string): Promise<LeakReport> {
  const path = `/v1/models/${encodeURIComponent(model)}/leak-checks`;
  const { executionId } = await api.post<ExecutionStartedResponse>(path, {});
  return followExecution<LeakReport>(api, executionId, `checking ${model}`, terminal);
}

export function printLeakCheck({ terminal }: VerbContext, report: LeakReport): void {
  terminal.json(report);
  terminal.print(
    `release ${terminal.colors.bold(shortId(report.releaseId))} of ${report.model}, trained again without the knowledge cut`,
  );
  const metrics = Object.entries(report.metrics).map(([name, { with: cut, without, difference, standardError }]) => [
    name,
    numberText(cut),
    numberText(without),
    `${numberText(difference)}${standardError === null ? '' : ` (standard error ${numberText(standardError)})`}`,
  ]);
  const tested = `ON ${countText(report.testRows)} TEST ROWS`;
  for (const line of tableLines([tested, 'WITH', 'WITHOUT', 'DIFFERENCE'], metrics)) terminal.print(line);
  const features = report.features.map(({ ref, rows, changed, share }) => [
    ref,
    countText(rows),
    changed === 0 ? '0' : terminal.colors.yellow(countText(changed)),
    `${numberText(Math.round(share * 1000) / 10)} %`,
  ]);
  for (const line of tableLines(['FEATURE', 'ROWS', 'CHANGED', 'SHARE'], features)) terminal.print(line);
  terminal.print(report.because);
}
