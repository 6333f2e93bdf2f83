import type { Command } from 'commander';
import { UsageError } from '../cli-error.ts';
import { approve, printApproval } from './approve.ts';
import { type HoldOptions, hold, printHold } from './hold.ts';
import { printRollback, rollBack } from './rollback.ts';
import { printOneRollout, printRollout, printRollouts, type RollOutOptions, rollOut } from './rollout.ts';
import type { VerbContext } from './verb-context.ts';

/**
 * The verbs by which people lead rollouts.
 *
 * @param verb makes a command that speaks to the platform
 */
export function describeRolloutVerbs<O>(verb: (name: string) => Command, contextOf: (options: O) => VerbContext): void {
  verb('rollout [model] [release]')
    .description('bring a release that passed its gates into service, or look at one rollout with --id')
    .option('--id <rollout>', 'show this rollout: its phases, checks and end')
    .option('--force', 'also a candidate that was refused for what was measured, and has not changed since')
    .option('--because <reason>', 'why; needed with --force')
    .action(
      async (model: string | undefined, release: string | undefined, options: O & RollOutOptions & { id?: string }) => {
        const context = contextOf(options);
        if (options.id !== undefined) {
          if (options.id === '') throw new UsageError('--id is empty', 'headgate rollouts MODEL lists the rollouts');
          if (model !== undefined) throw new UsageError('rollout takes either a model and a release, or --id');
          await printOneRollout(context, options.id);
          return;
        }
        if (model === undefined || release === undefined) {
          throw new UsageError(
            'rollout takes a model and a release, or --id',
            'headgate releases MODEL lists the releases',
          );
        }
        if (options.force === true && options.because === undefined) throw new UsageError('--force needs --because');
        printRollout(context, await rollOut(context, model, release, options));
      },
    );
  verb('rollouts <model>')
    .description('rollouts of a model and what they came to, newest first')
    .action((model: string, options: O) => printRollouts(contextOf(options), model));
  verb('rollback <model>')
    .description('go back to the release before, at once while it is in service')
    .requiredOption('--because <reason>', 'why; kept in the audit chain')
    .option('--to <release>', 'an earlier one that was promoted; an id or its first digits')
    .action(async (model: string, options: O & { because: string; to?: string }) => {
      const context = contextOf(options);
      printRollback(context, model, await rollBack(context, model, options));
    });
  verb('hold <model>')
    .description('keep rollouts and retrainings of a model from moving forward, or let them go on with --release')
    .option('--because <reason>', 'why; kept in the audit chain')
    .option('--release', 'let them go on')
    .action(async (model: string, options: O & HoldOptions) => {
      const context = contextOf(options);
      printHold(context, await hold(context, model, options));
    });
  verb('approve <model-or-rollout>')
    .description('approve the rollout that waits for it, or reject it')
    .requiredOption('--comment <text>', 'what you go by; kept in the audit chain')
    .option('--reject', 'reject it')
    .action(async (named: string, options: O & { comment: string; reject?: boolean }) => {
      const context = contextOf(options);
      printApproval(context, await approve(context, named, options));
    });
}
