import { digestOf } from '../../../core/canonical-json.ts';
import {
  causesText,
  RETRAINING_ACTOR,
  type Retraining,
  type RetrainingCause,
} from '../../../core/retraining/retraining.ts';
import type { Workflow } from '../../ports/workflow.ts';

/** The executions that train; the release and its rollout keep what a training was started with. */
export interface NewRetraining {
  readonly model: string;
  readonly causes: readonly RetrainingCause[];
  /** Given by a person's request; by default it follows from the rest. */
  readonly name?: string;
  readonly asOf: string | null;
  readonly at: string;
  readonly because: string;
  readonly replaces: string | null;
  readonly labelRows: number | null;
}

/** @param version of the state that it becomes part of: with it two retrainings never have one id */
export function newRetraining(ask: NewRetraining, version: number): Retraining {
  const retrainingId = digestOf({ retrainingOf: ask.model, version, at: ask.at }).slice(0, 32);
  const name = ask.name ?? digestOf({ retrainingId }).slice(0, 32);
  return {
    retrainingId,
    causes: ask.causes,
    executionId: `train:${name}`,
    asOf: ask.asOf,
    startedAt: ask.at,
    endedAt: null,
    status: 'training',
    because: ask.because,
    replaces: ask.replaces,
    releaseId: null,
    rolloutId: null,
    labelRows: ask.labelRows,
    costUsd: null,
    helped: null,
    helpedBecause: null,
  };
}

/** Starts its training, or finds that it was started: the name of the execution follows from the retraining. */
export async function startTrainingOf(
  { workflow }: { readonly workflow: Pick<Workflow, 'start'> },
  model: string,
  { executionId, asOf, causes }: Retraining,
): Promise<void> {
  const person = causes.find(({ kind }) => kind === 'person');
  const input = {
    model,
    ...(asOf !== null && { asOfMs: Date.parse(asOf) }),
    cause: causesText(causes),
    actor: causes.every(({ kind }) => kind !== 'person') ? RETRAINING_ACTOR : (person?.actor ?? RETRAINING_ACTOR),
  };
  await workflow.start('train', executionId.slice('train:'.length), input);
}
