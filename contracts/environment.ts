import { InvalidInputError } from '../core/errors.ts';

/** Every environment variable a function of the platform may be given. The stacks set them; `*.lambda.ts` files read them. */
export const ENV_NAMES = [
  'HEADGATE_STAGE',
  'HEADGATE_VERSION',
  'HEADGATE_CODE_SHA256',
  'HEADGATE_ACCOUNT',
  'HEADGATE_REGION',
  'ONLINE_TABLE',
  'REGISTRY_TABLE',
  'PREDICTION_TABLE',
  'OFFLINE_BUCKET',
  'ARTIFACT_BUCKET',
  'AUDIT_BUCKET',
  'AUDIT_KEY_ARN',
  'PREDICTION_STREAM',
  'OUTCOME_STREAM',
  'EVENT_BUS',
  'GLUE_DATABASE',
  'ATHENA_WORKGROUP',
  'INGEST_MACHINE_ARN',
  'INGEST_TABLE_MACHINE_ARN',
  'INGEST_TABLES',
  'MATERIALIZE_MACHINE_ARN',
  'TRAIN_MACHINE_ARN',
  'ROLLOUT_MACHINE_ARN',
  'TRAINING_SET_MACHINE_ARN',
  'SKEW_AUDIT_MACHINE_ARN',
  'DRIFT_SCAN_MACHINE_ARN',
  'BATCH_PREDICT_MACHINE_ARN',
  'RECONCILE_MACHINE_ARN',
  'ENDPOINT_POLL_SECONDS',
  'ROLLBACK_RELEASES',
  'VERSION_GRACE_HOURS',
] as const;

export type EnvName = (typeof ENV_NAMES)[number];

/**
 * The named variables, all of them present and not empty.
 *
 * @throws InvalidInputError naming every variable that is missing
 */
export function readEnv<N extends EnvName>(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly N[],
): Readonly<Record<N, string>> {
  const missing = names.filter((name) => (env[name] ?? '') === '');
  if (missing.length > 0) {
    throw new InvalidInputError(`environment variables are not set: ${missing.join(', ')}; the stack sets them`, {
      missing,
    });
  }
  return Object.fromEntries(names.map((name) => [name, env[name]])) as Record<N, string>; // every name was just checked
}
