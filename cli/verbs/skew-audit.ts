import type { ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import type { SkewReport } from '../../contracts/skew-audit.ts';
import { followExecution } from '../api/follow-execution.ts';
import { CliError } from '../cli-error.ts';
import { countText, plural } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { VerbContext } from './verb-context.ts';

/** What the flow ends with. */
export type SkewAudit = SkewReport | { readonly action: 'nothing'; readonly because: string };

export interface SkewAuditOptions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly sample?: number | undefined;
}

const SHOWN_MISMATCHES = 10;

/** Rebuilds a sample of the vectors that a model was served, and waits for what differs. */
export async function auditSkew(
  { api, terminal }: VerbContext,
  model: string,
  { from, to, sample: sampleSize }: SkewAuditOptions,
): Promise<SkewAudit> {
  const path = `/v1/models/${encodeURIComponent(model)}/skew-audits`;
  const { executionId } = await api.post<ExecutionStartedResponse>(path, { from, to, sampleSize });
  return followExecution<SkewAudit>(api, executionId, `auditing ${model}`, terminal);
}

/** @throws CliError when a served value differs from what could have been known */
export function printSkewAudit({ terminal }: VerbContext, audit: SkewAudit): void {
  if ('action' in audit) {
    terminal.json(audit);
    terminal.print(`nothing was audited: ${audit.because}`);
    return;
  }
  const rows = audit.features.map(({ ref, exact, late, maxLagMs, mismatched }) => [
    ref,
    countText(exact),
    late === 0 ? '0' : `${countText(late)} (up to ${maxLagMs / 1000} s)`,
    mismatched === 0 ? '0' : terminal.colors.red(countText(mismatched)),
  ]);
  terminal.print(`${plural(audit.vectors, 'vector')} served from ${audit.from} to ${audit.to}, rebuilt offline`);
  for (const line of tableLines(['FEATURE', 'EXACT', 'LATE', 'DIFFERENT'], rows)) terminal.print(line);
  for (const one of audit.mismatches.slice(0, SHOWN_MISMATCHES)) {
    const [served, rebuilt] = [one.served, one.rebuilt].map((value) => JSON.stringify(value));
    terminal.print(
      `  ${one.ref} of ${JSON.stringify(one.entities)}: served ${served}, known ${rebuilt} (${one.predictionId})`,
    );
  }
  if (audit.outcome === 'fail') {
    throw new CliError(audit.because, 'training and serving disagree; docs/skew-audit.md says where to look', {
      ...audit,
    });
  }
  terminal.json(audit);
  terminal.print(`${terminal.colors.green('✓')} ${audit.because}`);
}
