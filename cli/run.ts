import { type Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { PlatformError } from '../core/errors.ts';
import { makeApiClient } from './api/api-client.ts';
import { CliError, UsageError } from './cli-error.ts';
import { type CommonOptions, DEFAULT_URL, makeProgram, type ProgramDeps } from './program.ts';
import { harmlessText } from './terminal/harmless-text.ts';
import { makeTerminal } from './terminal/terminal.ts';

/** The process as the command sees it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly version: string;
  readonly up: ProgramDeps['up'];
  readonly apply: ProgramDeps['apply'];
}

/**
 * Runs one command line and answers the exit code: 0 when it did what was asked, 1 when it could not, 2 when the
 * command line itself is wrong.
 *
 * @param args without the executable and the script
 */
export async function run(args: readonly string[], around: Surroundings): Promise<number> {
  let common: CommonOptions = {};
  const isScreen = around.stderr.isTTY === true && around.env['TERM'] !== 'dumb' && around.env['CI'] === undefined;
  const colors = pc.createColors(isScreen && around.env['NO_COLOR'] === undefined);
  const terminal = (options: CommonOptions) => {
    common = options;
    return makeTerminal({ ...around, isScreen, isJson: options.json === true, colors });
  };
  const program = makeProgram({
    version: around.version,
    up: around.up,
    apply: around.apply,
    terminal,
    context: (options) => ({
      api: makeApiClient({ url: options.url ?? DEFAULT_URL, env: around.env }),
      terminal: terminal(options),
    }),
  });
  for (const command of withSubcommands(program)) {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => around.stdout.write(text),
      writeErr: (text) => around.stderr.write(text),
    });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has said it already
    terminal(common).progressEnd();
    report(error, common, around);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Settings of a command are not those of its subcommands. */
function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function report(error: unknown, { json, debug }: CommonOptions, { stdout, stderr }: Surroundings): void {
  const message = error instanceof Error ? error.message : String(error);
  const lines = harmlessText(message).split('\n');
  stderr.write(`headgate: ${lines.join('\n  ')}\n`);
  if (error instanceof CliError && error.hint !== '') stderr.write(`  hint: ${error.hint}\n`);
  const isOurs = error instanceof CliError || error instanceof PlatformError || isPlatformError(error);
  if (!isOurs && debug !== true) stderr.write('  hint: --debug shows where this came from\n');
  if (debug === true && error instanceof Error) stderr.write(`${error.stack ?? ''}\n`);
  if (json !== true) return;
  const facts = error instanceof CliError ? error.facts : {};
  const name = error instanceof Error ? error.name : 'Error';
  stdout.write(`${JSON.stringify({ error: { name, message, ...facts } })}\n`);
}

/** By shape: definition files load the builders, and so the errors, a second time. */
function isPlatformError(error: unknown): boolean {
  return error instanceof Error && 'kind' in error && 'details' in error;
}
