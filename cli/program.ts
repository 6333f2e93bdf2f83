import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { MAX_SAMPLE } from '../contracts/skew-audit.ts';
import type { ApplyOptions } from './apply/apply.ts';
import type { Terminal } from './terminal/terminal.ts';
import type { UpOptions } from './up/up.ts';
import { assertAlone } from './verbs/assert-alone.ts';
import { describeAudit } from './verbs/audit-command.ts';
import { describeBatchPredict } from './verbs/batch-predict-command.ts';
import { printDeadLetters, replayLetters } from './verbs/dead-letters.ts';
import { type DriftOptions, drift } from './verbs/drift.ts';
import { describeIngest } from './verbs/ingest-command.ts';
import { checkLeak, printLeakCheck } from './verbs/leak-check.ts';
import { materialize, printMaterialization } from './verbs/materialize.ts';
import { printOutcomes, sendOutcomes } from './verbs/outcomes.ts';
import { plan, printPlan } from './verbs/plan.ts';
import { describePredict } from './verbs/predict-command.ts';
import { printCard, printLineage } from './verbs/release-facts.ts';
import { describeReleases } from './verbs/releases-command.ts';
import { printRetraining, type RetrainingOptions, readRetraining } from './verbs/retraining.ts';
import { describeRolloutVerbs } from './verbs/rollout-commands.ts';
import { auditSkew, printSkewAudit, type SkewAuditOptions } from './verbs/skew-audit.ts';
import { printStatus } from './verbs/status.ts';
import { assertPromoted, printTraining, train } from './verbs/train.ts';
import { describeTrainingSet } from './verbs/training-set-command.ts';
import type { VerbContext } from './verbs/verb-context.ts';

/** Options of every verb. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly debug?: boolean;
  readonly url?: string;
}

export interface ProgramDeps {
  readonly version: string;
  terminal(options: CommonOptions): Terminal;
  context(options: CommonOptions): VerbContext;
  up(options: UpOptions, terminal: Terminal): Promise<void>;
  apply(options: ApplyOptions, context: VerbContext): Promise<void>;
}

export const DEFAULT_URL = 'http://127.0.0.1:4510';
const DEFAULT_PORT = 4510;

/** The command line: verbs, arguments, options. What each verb does is in verbs/ and up/. */
export function makeProgram(deps: ProgramDeps): Command {
  const program = new Command('headgate')
    .description('Features, models and predictions of a Headgate platform, on this machine or in AWS')
    .version(deps.version)
    .enablePositionalOptions() // options after the name of a verb are that verb's, so that its subcommands get theirs
    .showHelpAfterError('(headgate --help lists what there is)');
  addUp(program, deps);
  addDefinitionVerbs(program, deps);
  addDataVerbs(program, deps);
  addModelVerbs(program, deps);
  return program;
}

function addUp(program: Command, deps: ProgramDeps): void {
  common(program.command('up'))
    .description('bring the platform up on this machine and serve it until Ctrl-C')
    .addOption(definitionsOption())
    .option(
      '--port <number>',
      'of the HTTP API; the AWS endpoint gets the next one, 0 takes free ones',
      portNumber,
      DEFAULT_PORT,
    )
    .option('--state-dir <dir>', 'folder that keeps everything durable', '.headgate')
    .option('--speed <factor>', 'waits and schedules run this many times faster', speedFactor, 1)
    .option('--fresh', 'throw the kept state away first', false)
    .option('--no-example', 'do not run the example of the shipped definitions')
    .option('--container <pattern=command>', 'a command that plays a container image; may be repeated', collect, [])
    .action(async (options: CommonOptions & UpFlags) => {
      const definitionsDir = definitionsFolder(options);
      const { port, speed, fresh, example, container: containers } = options;
      const stateDir = resolve(options.stateDir);
      await deps.up({ definitionsDir, port, stateDir, speed, fresh, example, containers }, deps.terminal(options));
    });
}

interface UpFlags extends DefinitionFlags {
  readonly port: number;
  readonly stateDir: string;
  readonly speed: number;
  readonly fresh: boolean;
  readonly example: boolean;
  readonly container: readonly string[];
}

function addDefinitionVerbs(program: Command, deps: ProgramDeps): void {
  remote(program.command('plan'))
    .description('what deploying the definitions would change, compute, keep and break')
    .addOption(definitionsOption())
    .action(async (options: CommonOptions & DefinitionFlags) => {
      const context = deps.context(options);
      printPlan(context, await plan(context, definitionsFolder(options)));
    });
  remote(program.command('apply'))
    .description('deploy the definitions, then compute and bring online what is new')
    .addOption(definitionsOption())
    .option('--yes', 'do not ask first', false)
    .action(async (options: CommonOptions & DefinitionFlags & { yes: boolean }) => {
      await deps.apply({ definitionsDir: definitionsFolder(options), yes: options.yes }, deps.context(options));
    });
}

interface DefinitionFlags {
  readonly definitions?: string;
}

function definitionsOption(): Option {
  return new Option('--definitions <dir>', 'folder with the definitions').env('HEADGATE_DEFINITIONS');
}

function definitionsFolder({ definitions }: DefinitionFlags): string {
  return resolve(definitions ?? resolve(import.meta.dirname, '../definitions'));
}

function addDataVerbs(program: Command, deps: ProgramDeps): void {
  describeIngest(
    remote(program.command('ingest <view> [file]')),
    (options: CommonOptions) => deps.context(options),
    instant,
  );
  remote(program.command('dead-letters'))
    .description('records of the stream that were not stored, and why')
    .option('--source <name>', 'only those of this source')
    .action((options: CommonOptions & { source?: string }) => printDeadLetters(deps.context(options), options.source));
  remote(program.command('replay [letters...]'))
    .description('give dead letters to the definitions as they are now; all of them when none is named')
    .option('--source <name>', 'only those of this source')
    .action((letterIds: string[], options: CommonOptions & { source?: string }) =>
      replayLetters(deps.context(options), { source: options.source, letterIds }),
    );
  remote(program.command('materialize [views...]'))
    .description(
      'compute feature views (view, or view@version), offline and then online; all of them when none is named',
    )
    .option('--from <instant>', 'compute again from this instant on (ISO 8601)', instant)
    .option('--to <instant>', 'up to this instant (ISO 8601)', instant)
    .action(async (views: string[], options: CommonOptions & { from?: string; to?: string }) => {
      const context = deps.context(options);
      printMaterialization(context, await materialize(context, views, options));
    });
  describeTrainingSet(remote(program.command('training-set [id]')), (options: CommonOptions) => deps.context(options));
}

function addModelVerbs(program: Command, deps: ProgramDeps): void {
  describeBatchPredict(
    remote(program.command('batch-predict <model>')),
    (options: CommonOptions) => deps.context(options),
    instant,
  );
  remote(program.command('train <model>'))
    .description('train a model, judge it and, when its gates pass, lead it through its rollout')
    .option('--as-of <instant>', 'as if it were this instant (ISO 8601)', instant)
    .action(async (model: string, options: CommonOptions & { asOf?: string }) => {
      const context = deps.context(options);
      const result = await train(context, model, options.asOf);
      printTraining(context, result);
      assertPromoted(result);
      context.terminal.json(result);
    });
  remote(program.command('retraining <model>'))
    .description('what trains a model again by itself, what that waits for, and whether it helped')
    .option('--acknowledge <reason>', 'say that you have looked at an escalation, and what was done')
    .action(async (model: string, options: CommonOptions & RetrainingOptions) => {
      const context = deps.context(options);
      printRetraining(context, await readRetraining(context, model, options));
    });
  remote(program.command('leak-check <model>'))
    .description('train the newest release again with values that were not known yet, and tell what that would feign')
    .action(async (model: string, options: CommonOptions) => {
      const context = deps.context(options);
      printLeakCheck(context, await checkLeak(context, model));
    });
  remote(program.command('skew-audit <model>'))
    .description('rebuild a sample of the feature vectors a model was served, and name what differs')
    .option('--from <instant>', 'predictions from this instant on (ISO 8601); by default of the last day', instant)
    .option('--to <instant>', 'up to this instant (ISO 8601)', instant)
    .option('--sample <number>', 'vectors that are rebuilt; by default 1,000', sampleSize)
    .action(async (model: string, options: CommonOptions & SkewAuditOptions) => {
      const context = deps.context(options);
      printSkewAudit(context, await auditSkew(context, model, options));
    });
  remote(program.command('drift <model>'))
    .description('whether what a model is asked, answers and gets right is still what its release learned and showed')
    .option('--scan', 'look now; by default the newest scan is shown')
    .option('--to <instant>', 'look now, at the window that ended at this instant (ISO 8601)', instant)
    .option('--all', 'every column, also those that have not drifted')
    .option('--list', 'the newest scans, one a line')
    .action((model: string, options: CommonOptions & DriftOptions) => {
      if (options.list === true) assertAlone('--list', options, { scan: '--scan', to: '--to', all: '--all' });
      return drift(deps.context(options), model, options);
    });
  remote(program.command('status [model]'))
    .description('what there is and how it stands')
    .action((model: string | undefined, options: CommonOptions) => printStatus(deps.context(options), model));
  describePredict(remote(program.command('predict <model> [entities...]')), (options: CommonOptions) =>
    deps.context(options),
  );
  remote(program.command('outcomes <model> <file>'))
    .description('record what came true, from a file of JSON lines or CSV, or - for stdin')
    .action(async (model: string, file: string, options: CommonOptions) => {
      const context = deps.context(options);
      printOutcomes(context, await sendOutcomes(context, model, file));
    });
  describeRolloutVerbs(
    (name) => remote(program.command(name)),
    (options: CommonOptions) => deps.context(options),
  );
  const contextOf = (options: CommonOptions) => deps.context(options);
  describeReleases(remote(program.command('releases')), contextOf, remote);
  remote(program.command('card <model>'))
    .description('the model card of the release that answers')
    .option('--release <id>', 'of this release instead; its first digits are enough')
    .action((model: string, options: CommonOptions & { release?: string }) =>
      printCard(deps.context(options), model, options.release),
    );
  remote(program.command('lineage <model>'))
    .description('what the release that answers came from, down to the runs that wrote the rows')
    .option('--release <id>', 'of this release instead; its first digits are enough')
    .action((model: string, options: CommonOptions & { release?: string }) =>
      printLineage(deps.context(options), model, options.release),
    );
  describeAudit(remote(program.command('audit')), contextOf, remote);
}

function common(command: Command): Command {
  return command
    .option('--json', 'write the result as JSON on stdout, and nothing else there')
    .option('--debug', 'show the stack of a failure');
}

function remote(command: Command): Command {
  return common(command).addOption(
    new Option('--url <url>', 'where the platform answers').env('HEADGATE_URL').default(DEFAULT_URL),
  );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_535) return port;
  throw new InvalidArgumentError('It is a whole number from 0 to 65534.');
}

function sampleSize(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= MAX_SAMPLE) return size;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${MAX_SAMPLE}.`);
}

function speedFactor(text: string): number {
  const factor = Number(text);
  if (factor >= 1 && factor <= 1e6) return factor;
  throw new InvalidArgumentError('It is a number from 1 to 1000000.');
}

function instant(text: string): string {
  const isInstant = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const ms = isInstant ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new InvalidArgumentError('It is an ISO 8601 day or instant, for example 2026-03-01T12:00:00Z.');
}

function collect(entry: string, before: readonly string[]): readonly string[] {
  if (entry.includes('=')) return [...before, entry];
  throw new InvalidArgumentError('It has the form PATTERN=COMMAND.');
}
