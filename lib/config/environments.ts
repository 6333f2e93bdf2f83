import { type Environment, parseEnvironment, type Stage } from './environment.ts';

/*
 * Account numbers and the address below stand for those of the team that deploys: replace them, or give another
 * account and region with `-c account=… -c region=…`.
 */

const GIBIBYTE = 1024 ** 3;

/** Also what runs on a laptop, whose account is twelve zeros. */
const dev: Environment = {
  stage: 'dev',
  account: '000000000000',
  region: 'us-east-1',
  logRetentionDays: 14,
  retainData: false,
  deletionProtection: false,
  athenaScanLimitBytes: 100 * GIBIBYTE,
  apiRequestsPerSecond: 500,
  apiBurstRequests: 1000,
  endpointPollSeconds: 5,
  rollbackReleases: 2,
  versionGraceHours: 24,
  ingestTables: [],
  scratchRetentionDays: 7,
  captureRetentionDays: 30,
  auditLock: { mode: 'governance', days: 7 },
};

const staging: Environment = {
  ...dev,
  stage: 'staging',
  account: '111111111111',
  logRetentionDays: 30,
  retainData: true,
  endpointPollSeconds: 20,
  versionGraceHours: 72,
  auditLock: { mode: 'governance', days: 30 },
};

const prod: Environment = {
  ...staging,
  stage: 'prod',
  account: '222222222222',
  logRetentionDays: 365,
  deletionProtection: true,
  alarmEmail: 'ml-oncall@example.com',
  rollbackReleases: 3,
  versionGraceHours: 168,
  athenaScanLimitBytes: 1024 * GIBIBYTE,
  apiRequestsPerSecond: 5000,
  apiBurstRequests: 5000,
  scratchRetentionDays: 30,
  captureRetentionDays: 180,
  auditLock: { mode: 'compliance', days: 400 },
};

const ENVIRONMENTS: Readonly<Record<Stage, Environment>> = { dev, staging, prod };

/**
 * The environment of a stage, with another account or region where one is given.
 *
 * @throws Error when there is no such stage, or the result breaks a rule
 */
export function environmentOf(
  stage: string,
  instead: { readonly account?: string; readonly region?: string } = {},
): Environment {
  if (!Object.hasOwn(ENVIRONMENTS, stage)) {
    throw new Error(`no environment named "${stage}"; known: ${Object.keys(ENVIRONMENTS).join(', ')} (use -c env=dev)`);
  }
  const given = Object.fromEntries(Object.entries(instead).filter(([, value]) => value !== undefined));
  return parseEnvironment({ ...ENVIRONMENTS[stage as Stage], ...given }); // hasOwn has just shown that it is one
}
