import type { ReconcileRetrainingsRequest } from '../../../contracts/retraining.ts';
import { BugError } from '../../../core/errors.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import { type AdvancedRetraining, type AdvanceRetrainingDeps, advanceRetraining } from './advance-retraining.ts';

export interface ReconcileRetrainingsDeps extends Omit<AdvanceRetrainingDeps, 'registry'> {
  readonly registry: AdvanceRetrainingDeps['registry'] & Pick<ModelRegistry, 'models'>;
}

const RECONCILER = 'headgate:reconciler';

/**
 * Advances the retraining of every model, or of the one whose training has ended: events are hints, and what they fail to
 * tell is found here. A model that cannot be advanced keeps nobody from the others.
 *
 * @throws BugError naming the models that could not be advanced, after all the others were
 */
export async function reconcileRetrainings(
  deps: ReconcileRetrainingsDeps,
  { input }: ReconcileRetrainingsRequest,
): Promise<{ readonly advanced: readonly AdvancedRetraining[] }> {
  const names = (await deps.registry.models()).map(({ name }) => name);
  const named = input === null ? null : modelOf(input);
  const advanced: AdvancedRetraining[] = [];
  const failed: string[] = [];
  for (const model of named !== null && names.includes(named) ? [named] : names) {
    try {
      advanced.push(await advanceRetraining(deps, { model, scanId: null, actor: RECONCILER }));
    } catch (error) {
      failed.push(`${model}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failed.length > 0) throw new BugError(`retraining could not be advanced of ${failed.join('; ')}`, { failed });
  return { advanced };
}

function modelOf(input: string): string | null {
  try {
    const { model } = JSON.parse(input) as { readonly model?: unknown };
    return typeof model === 'string' ? model : null;
  } catch {
    return null; // of an execution that somebody started by hand
  }
}
