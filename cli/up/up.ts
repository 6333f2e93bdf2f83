import { realpath, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadDefinitions } from '../../contracts/definitions/load-definitions.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { makeApiClient } from '../api/api-client.ts';
import { CliError } from '../cli-error.ts';
import { plural, secondsText } from '../terminal/plain-words.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printPrediction } from '../verbs/predict.ts';
import { type ExampleRun, runExample } from './run-example.ts';
import { listenForStop, type StopSignals } from './stop-signals.ts';
import { forgetAssemblies, synthesize } from './synthesize.ts';

export interface UpOptions {
  readonly definitionsDir: string;
  /** Of the HTTP API; the AWS endpoint gets the next one. 0 takes two free ones. */
  readonly port: number;
  readonly stateDir: string;
  readonly speed: number;
  readonly fresh: boolean;
  readonly example: boolean;
  /** Entries `PATTERN=COMMAND`. */
  readonly containers: readonly string[];
}

const ROOT_DIR = resolve(import.meta.dirname, '../..');

/** Brings the platform up on this machine and serves until it is told to stop. */
export async function up(options: UpOptions, terminal: Terminal): Promise<void> {
  const begunAt = Date.now();
  const stop = listenForStop(() => terminal.progress('stopping (once more to stop at once)'));
  let region: RunningRegion | undefined;
  try {
    const definitions = await timed(terminal, 'definitions', () => loadDefinitions(options.definitionsDir), summaryOf);
    const assemblyDir = await timed(
      terminal,
      'synthesizing the dev stacks',
      () => synthesize({ rootDir: ROOT_DIR, ...options, signal: stop.signal }),
      () => 'stacks synthesized',
    );
    region = await timed(
      terminal,
      'bringing the region up',
      () => start(assemblyDir, options, terminal, stop.signal),
      ({ apiUrl, endpointUrl }) => `serving ${apiUrl} (AWS endpoint ${endpointUrl})`,
    );
    await forgetAssemblies({ rootDir: ROOT_DIR, ...options }, assemblyDir);
    if (!stop.signal.aborted) await serve(region, definitions, options, terminal, stop, begunAt);
  } catch (error) {
    if (!stop.signal.aborted) throw error; // what stopping interrupts is no failure
  } finally {
    await region?.stop();
    terminal.progressEnd();
    stop.dispose();
  }
  terminal.note('stopped');
}

async function start(
  assemblyDir: string,
  options: UpOptions,
  terminal: Terminal,
  stopping: AbortSignal,
): Promise<RunningRegion> {
  try {
    return await startRegion({
      assemblyDir,
      stateDir: options.stateDir,
      apiPort: options.port,
      awsPort: options.port === 0 ? 0 : options.port + 1,
      speed: options.speed,
      fresh: options.fresh,
      containerImages: options.containers,
      onProgress: (line) => {
        if (!stopping.aborted) terminal.progress(line);
      },
    });
  } catch (error) {
    await rm(assemblyDir, { recursive: true, force: true });
    throw new CliError(error instanceof Error ? error.message : String(error), '', {}, error);
  }
}

async function serve(
  region: RunningRegion,
  definitions: Definitions,
  options: UpOptions,
  terminal: Terminal,
  stop: StopSignals,
  begunAt: number,
): Promise<void> {
  const api = makeApiClient({ url: region.apiUrl, env: process.env });
  if (options.example && (await isOwnExample(options.definitionsDir))) {
    const example = runExample({ api, terminal }, join(options.stateDir, 'example'));
    const done = await Promise.race([example, stop.asked]);
    if (done === undefined) {
      example.catch(() => {}); // it fails when the region goes away
      return;
    }
    printExample(region, done, terminal, begunAt);
  } else {
    terminal.json({ apiUrl: region.apiUrl, endpointUrl: region.endpointUrl });
    terminal.print(nextSteps(definitions));
  }
  terminal.note(terminal.colors.dim(`state is kept in ${options.stateDir}; Ctrl-C stops`));
  await stop.asked;
}

function printExample(
  region: RunningRegion,
  { prediction, entities }: ExampleRun,
  terminal: Terminal,
  begunAt: number,
): void {
  terminal.json({ apiUrl: region.apiUrl, endpointUrl: region.endpointUrl, readyMs: Date.now() - begunAt, prediction });
  terminal.print();
  printPrediction(
    { api: makeApiClient({ url: region.apiUrl, env: {} }), terminal: { ...terminal, json: () => {} } },
    prediction,
  );
  terminal.print();
  terminal.print(`${terminal.colors.bold('Try it')} (${secondsText(Date.now() - begunAt)} after the start):`);
  terminal.print(`  curl -s ${region.apiUrl}/v1/models/${prediction.model}/predictions \\`);
  terminal.print(`    -H 'content-type: application/json' -d '${JSON.stringify({ entities })}'`);
  terminal.print();
}

function nextSteps(definitions: Definitions): string {
  const view = definitions.featureViews[0]?.name;
  if (view === undefined) return 'no feature views are defined yet; add some and start again';
  const model = definitions.models[0]?.name;
  return `next: headgate ingest ${view} FILE, headgate materialize${model === undefined ? '' : `, headgate train ${model}`}`;
}

async function isOwnExample(definitionsDir: string): Promise<boolean> {
  return (await realpath(definitionsDir)) === (await realpath(join(ROOT_DIR, 'definitions')));
}

async function timed<T>(
  terminal: Terminal,
  doing: string,
  work: () => Promise<T>,
  done: (result: T) => string,
): Promise<T> {
  const startedAt = Date.now();
  terminal.progress(doing);
  try {
    const result = await work();
    terminal.progressEnd();
    const { colors } = terminal;
    terminal.note(`${colors.green('✓')} ${done(result)} ${colors.dim(`(${secondsText(Date.now() - startedAt)})`)}`);
    return result;
  } finally {
    terminal.progressEnd();
  }
}

function summaryOf({ sources, featureViews, models }: Definitions): string {
  return `${plural(sources.length, 'source')}, ${plural(featureViews.length, 'feature view')}, ${plural(models.length, 'model')} defined`;
}
