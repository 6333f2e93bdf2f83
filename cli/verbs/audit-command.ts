import { type Command, Option } from 'commander';
import { exportAudit, printAudit, type VerifyOptions, verifyChain } from './audit.ts';
import type { VerbContext } from './verb-context.ts';

/** `audit MODEL`, `audit export MODEL` and `audit verify MODEL`. */
export function describeAudit<O>(
  command: Command,
  contextOf: (options: O) => VerbContext,
  remote: (command: Command) => Command,
): void {
  command
    .enablePositionalOptions() // what follows the name of a subcommand is that one's
    .argument('[model]')
    .description('what happened to a model: every release, rollout, retraining, flip and word of a person, in order')
    .action(async (model: string | undefined, options: O) => {
      if (model === undefined) command.help({ error: true });
      await printAudit(contextOf(options), model);
    });
  remote(command.command('export <model>'))
    .description('write the whole chain, its signatures and the public key to a folder')
    .requiredOption('--out <dir>', 'the folder')
    .action((model: string, options: O & { out: string }) => exportAudit(contextOf(options), model, options.out));
  remote(command.command('verify <model>'))
    .description('check every record and signature; with --file nothing is asked of the platform')
    .addOption(new Option('--file <dir>', 'folder that export wrote; by default the chain is downloaded'))
    .addOption(
      new Option('--public-key <pem>', 'the key that is trusted; by default the one that comes with the chain'),
    )
    .option('--allow-unsigned', 'end well although nothing is signed for yet: the records alone are checked')
    .action((model: string, options: O & VerifyOptions) => verifyChain(() => contextOf(options), model, options));
}
