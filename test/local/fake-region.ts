/**
 * A region for tests of one stand-in: a state folder, a real store, a true clock, and permissions that a test
 * can take away. Events, log lines and authorization questions are kept so that a test can look at them.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AwsError,
  type AwsRequest,
  type AwsResponse,
  type Caller,
  type LocalService,
  type Region,
  type RegionClock,
} from '../../local/service.ts';
import { JsonDatabase } from '../../local/state/json-store.ts';

export const PERSON: Caller = { accessKeyId: 'person', principalArn: 'arn:aws:iam::000000000000:root' };

export interface Question {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export interface FakeRegion extends Region {
  /** Services that `invoke` and `send` reach; push the stand-ins under test. */
  readonly services: LocalService[];
  /** Refused: `s3:GetObject` everywhere, or `s3:GetObject arn:aws:s3:::b/k` on one resource. */
  readonly denied: Set<string>;
  readonly questions: Question[];
  readonly events: { source: string; detailType: string; detail: Record<string, unknown>; resources: string[] }[];
  readonly logs: string[];
  /** Closes the store and keeps the folder, as a killed process would; pass `stateDir` to a new region to go on. */
  close(): void;
  /** Closes the store and removes the folder. */
  remove(): void;
}

export interface FakeRegionOptions {
  readonly stateDir?: string;
  readonly clock?: RegionClock;
  readonly endpointUrl?: string;
}

export const realClock: RegionClock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
  speed: 1,
};

/** Roles are their own callers; nobody is refused until the test adds to `denied`. */
export function fakeRegion(options: FakeRegionOptions = {}): FakeRegion {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'headgate-region-'));
  const database = new JsonDatabase(join(stateDir, 'state.sqlite'));
  const region: FakeRegion = {
    accountId: '000000000000',
    regionName: 'us-east-1',
    stateDir,
    endpointUrl: options.endpointUrl ?? 'http://127.0.0.1:1',
    apiUrl: 'http://127.0.0.1:2',
    clock: options.clock ?? realClock,
    services: [],
    denied: new Set(),
    questions: [],
    events: [],
    logs: [],
    store: (service) => database.store(service),
    log: (service, level, message) => void region.logs.push(`${level} ${service}: ${message}`),
    authorize: (caller, action, resource, context = {}) => {
      region.questions.push({ caller, action, resource, context });
      if (!region.denied.has(action) && !region.denied.has(`${action} ${resource}`)) return;
      const isS3 = action.startsWith('s3:');
      const message = `User: ${caller.principalArn} is not authorized to perform: ${action} on resource: ${resource}`;
      throw new AwsError(isS3 ? 'AccessDenied' : 'AccessDeniedException', message, isS3 ? 403 : 400);
    },
    callerForRole: (roleArn) => ({
      accessKeyId: roleArn,
      principalArn: `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/local`,
      roleArn,
    }),
    environmentForRole: (roleArn) => ({ AWS_ACCESS_KEY_ID: roleArn, AWS_ENDPOINT_URL: region.endpointUrl }),
    invoke: async (signingName, operation, input, caller) => {
      const run = serviceFor(region, signingName).operations?.[operation];
      if (run === undefined) throw new AwsError('UnknownOperationException', `${signingName} has no ${operation}`);
      return { ...(await run(input as Record<string, unknown>, caller)) };
    },
    send: (request: AwsRequest): Promise<AwsResponse> => {
      const { handle } = serviceFor(region, request.service);
      if (handle === undefined) throw new AwsError('UnknownOperationException', `${request.service} has no REST side`);
      return handle(request);
    },
    emit: ({ source, detailType, detail, resources = [] }) =>
      void region.events.push({ source, detailType, detail: { ...detail }, resources: [...resources] }),
    close: () => database.close(),
    remove: () => {
      database.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
  return region;
}

function serviceFor(region: FakeRegion, signingName: string): LocalService {
  const service = region.services.find((s) => s.signingNames.includes(signingName));
  if (service === undefined) throw new AwsError('UnknownOperationException', `the fake region has no ${signingName}`);
  return service;
}
