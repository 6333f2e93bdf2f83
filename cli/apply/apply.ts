import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthResponse } from '../../contracts/api/catalog.ts';
import type { DeployedDefinitionsResponse } from '../../contracts/api/versions.ts';
import { type ChangePlan, isEmptyPlan } from '../../core/plan/plan-changes.ts';
import { isLoopback } from '../api/sign-request.ts';
import { CliError, UsageError } from '../cli-error.ts';
import { planLines, planSummary } from '../plan/plan-text.ts';
import { secondsText } from '../terminal/plain-words.ts';
import { listenForStop } from '../up/stop-signals.ts';
import { type MaterializeResult, materialize } from '../verbs/materialize.ts';
import { assertAllowed, plan } from '../verbs/plan.ts';
import type { VerbContext } from '../verbs/verb-context.ts';
import { type DeployRequest, deployToEnvironment, deployToLaptop } from './deploy.ts';

export interface ApplyOptions {
  readonly definitionsDir: string;
  /** Whether to go on without asking. */
  readonly yes: boolean;
}

export interface ApplyResult {
  readonly plan: ChangePlan;
  readonly deployed: boolean;
  readonly materialized: readonly MaterializeResult[];
}

const ROOT_DIR = resolve(import.meta.dirname, '../..');
/** Functions take the new definitions one after the other. */
const SEEN_WITHIN_MS = 120_000;
const POLL_MS = 500;

/**
 * Deploys the definitions in a folder and computes what is new. Every step can be repeated: after a crash the same
 * command goes on where that one stopped.
 *
 * @throws CliError when the plan must not be applied, or what is deployed has changed since it was made
 */
export async function apply(context: VerbContext, options: ApplyOptions): Promise<ApplyResult> {
  const { terminal } = context;
  const made = await plan(context, options.definitionsDir);
  for (const line of planLines(made, terminal.colors)) terminal.note(line);
  assertAllowed(made);
  if (isEmptyPlan(made)) return { plan: made, deployed: false, materialized: [] };
  if (!options.yes) await confirm(`apply (${planSummary(made)})?`);
  const isChanged = made.changes.length > 0;
  if (isChanged) await deploy(context, options.definitionsDir, made);
  // what there is to compute can have changed meanwhile: another apply, a schedule
  const { backfills } = await plan(context, options.definitionsDir);
  const views = backfills.map(({ view }) => view);
  const materialized = views.length === 0 ? [] : await materialize(context, views, {});
  return { plan: made, deployed: isChanged, materialized };
}

export function printApply({ terminal }: VerbContext, result: ApplyResult): void {
  terminal.json(result);
  for (const { view, rows = 0, written = 0 } of result.materialized) {
    terminal.print(`${terminal.colors.green('✓')} ${view}: ${rows} rows computed, ${written} items online`);
  }
  if (result.deployed || result.materialized.length > 0) terminal.print(`${terminal.colors.green('✓')} applied`);
}

async function deploy({ api, terminal }: VerbContext, definitionsDir: string, made: ChangePlan): Promise<void> {
  const now = await api.get<DeployedDefinitionsResponse>('/v1/definitions');
  if (now.sha256 !== made.deployedSha256) {
    throw new CliError('somebody else has deployed since the plan was made', 'run the command again for a new plan');
  }
  const { stage } = await api.get<HealthResponse>('/health');
  const startedAt = Date.now();
  const stop = listenForStop(() => terminal.progress('stopping (once more to stop at once)'));
  try {
    const request: DeployRequest = {
      rootDir: ROOT_DIR,
      definitionsDir,
      url: api.url,
      stage,
      signal: stop.signal,
      onProgress: terminal.progress,
    };
    await (isLoopback(new URL(api.url)) ? deployToLaptop(request) : deployToEnvironment(request));
    terminal.progress('waiting until the platform answers with the new definitions');
    await untilDeployed(api, made.wantedSha256);
  } finally {
    terminal.progressEnd();
    stop.dispose();
  }
  terminal.note(
    `${terminal.colors.green('✓')} deployed ${terminal.colors.dim(`(${secondsText(Date.now() - startedAt)})`)}`,
  );
}

async function untilDeployed(api: VerbContext['api'], sha256: string): Promise<void> {
  const untilMs = Date.now() + SEEN_WITHIN_MS;
  for (;;) {
    const now = await api.get<DeployedDefinitionsResponse>('/v1/definitions');
    if (now.sha256 === sha256) return;
    if (Date.now() > untilMs) {
      throw new CliError('the platform still answers with other definitions', 'run the command again for a new plan');
    }
    await sleep(POLL_MS);
  }
}

/** @throws UsageError where nobody can be asked, CliError when the answer is no */
async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new UsageError('apply asks before it changes anything, and nobody is there to ask', 'say --yes');
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await reader.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('not applied', 'answer y, or say --yes');
  } finally {
    reader.close();
  }
}
