import type { RetrainingResponse } from '../../contracts/api/retraining.ts';
import { numberText, plural, shortId } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { VerbContext } from './verb-context.ts';

const SHOWN_RETRAININGS = 10;

export interface RetrainingOptions {
  readonly acknowledge?: string;
}

/** What trains a model again and whether it helped; with `acknowledge` a person says that they have looked. */
export async function readRetraining(
  { api }: VerbContext,
  model: string,
  { acknowledge: because }: RetrainingOptions,
): Promise<RetrainingResponse> {
  const path = `/v1/models/${encodeURIComponent(model)}/retraining`;
  if (because === undefined) return api.get<RetrainingResponse>(path);
  return api.post<RetrainingResponse>(`${path}/acknowledgements`, { because });
}

export function printRetraining({ terminal }: VerbContext, answer: RetrainingResponse): void {
  terminal.json(answer);
  for (const line of standingLines(answer, terminal)) terminal.print(line);
  const { retrainings } = answer;
  if (retrainings.length === 0) return;
  terminal.print('');
  const rows = retrainings
    .slice(0, SHOWN_RETRAININGS)
    .map((one) => [
      one.startedAt,
      one.causes.map(({ kind }) => kind).join(', '),
      one.status,
      one.releaseId === null ? '-' : shortId(one.releaseId),
      one.costUsd === null ? '-' : dollars(one.costUsd),
      helpText(one),
    ]);
  for (const line of tableLines(['BEGAN', 'CAUSES', 'CAME TO', 'RELEASE', 'COST', 'HELPED'], rows))
    terminal.print(line);
  const [newest] = retrainings;
  for (const { because } of newest?.causes ?? []) terminal.print(`  newest, why: ${because}`);
  if (newest !== undefined && newest.endedAt !== null) terminal.print(`  newest, what became of it: ${newest.because}`);
  if (newest?.helpedBecause != null) terminal.print(`  newest, whether it helped: ${newest.helpedBecause}`);
}

function standingLines(answer: RetrainingResponse, { colors }: Terminal): readonly string[] {
  const { model, policy, retrainings, waiting, escalation, used } = answer;
  const lines: string[] = [];
  const running = retrainings.filter(({ endedAt }) => endedAt === null);
  for (const { status, startedAt, executionId, rolloutId } of running) {
    const what =
      status === 'training' ? `is being trained (${executionId})` : `has a new release in rollout ${rolloutId}`;
    lines.push(`${colors.cyan('●')} ${model} ${what}, since ${startedAt}`);
  }
  if (escalation !== null) {
    lines.push(`${colors.red('✗')} a person has to look, since ${escalation.at}: ${escalation.because}`);
    lines.push(`  what to do: ${escalation.runbook}; then headgate retraining ${model} --acknowledge "what was done"`);
  }
  if (waiting !== null) {
    const until = waiting.until === null ? '' : `, until ${waiting.until}`;
    lines.push(`${colors.yellow('…')} waits for ${waiting.kind}${until}: ${waiting.because}`);
  }
  if (lines.length === 0) {
    lines.push(
      `${model} is not being trained${policy === null ? '; only a person trains it' : ' and waits for nothing'}`,
    );
  }
  const { inSevenDays, usdInThirtyDays, unhelpfulInARow } = used;
  const spent = `${dollars(usdInThirtyDays)} in 30 days`;
  lines.push(`  ${plural(inSevenDays, 'training')} in 7 days, ${spent}, ${unhelpfulInARow} in a row that did not help`);
  return lines;
}

function helpText({ helped, helpedBecause }: RetrainingResponse['retrainings'][number]): string {
  if (helped !== null) return helped ? 'yes' : 'no';
  return helpedBecause === null ? 'not known yet' : 'cannot be known';
}

function dollars(usd: number): string {
  return `$${numberText(usd)}`;
}
