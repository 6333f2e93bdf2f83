import type { Command } from 'commander';
import { printReleaseDiff } from './release-diff.ts';
import { printReleaseGates } from './release-gates.ts';
import { printReleases } from './releases.ts';
import type { VerbContext } from './verb-context.ts';

/** `releases MODEL` and `releases diff A B`. */
export function describeReleases<O>(
  command: Command,
  contextOf: (options: O) => VerbContext,
  remote: (command: Command) => Command,
): void {
  command
    .enablePositionalOptions() // what follows the name of a subcommand is that one's
    .argument('[model]')
    .description('every release of a model, newest first; or what the gates of one of them found')
    .option('--release <id>', 'gate by gate what was measured of this one; its first digits are enough')
    .action(async (model: string | undefined, options: O & { release?: string }) => {
      if (model === undefined) command.help({ error: true });
      if (options.release === undefined) await printReleases(contextOf(options), model);
      else await printReleaseGates(contextOf(options), model, options.release);
    });
  remote(command.command('diff <before> <after>'))
    .description('what differs between two releases, named by the first digits of their ids')
    .action((before: string, after: string, options: O) => printReleaseDiff(contextOf(options), before, after));
}
