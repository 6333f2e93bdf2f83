import type { Dispatcher } from './http/dispatcher.ts';
import type { IamService } from './iam/iam-service.ts';
import type { RegionLog } from './region-log.ts';
import type { Region } from './service.ts';
import type { EventsService } from './services/events/events-service.ts';
import type { JsonDatabase } from './state/json-store.ts';

export interface RegionContextDeps
  extends Pick<Region, 'accountId' | 'regionName' | 'stateDir' | 'endpointUrl' | 'apiUrl' | 'clock'> {
  readonly database: JsonDatabase;
  readonly log: RegionLog;
  readonly iam: IamService;
  /** Asked for at each call: the services it knows are made with the region that this makes. */
  readonly dispatcher: () => Dispatcher;
  readonly events: () => Pick<EventsService, 'deliverServiceEvent'>;
}

/** What the stand-ins see of the region. */
export function makeRegionContext(deps: RegionContextDeps): Region {
  const { accountId, regionName, stateDir, endpointUrl, apiUrl, clock, database, log, iam, dispatcher } = deps;
  return {
    accountId,
    regionName,
    stateDir,
    endpointUrl,
    apiUrl,
    clock,
    store: (service) => database.store(service),
    log: log.write,
    authorize: iam.authorize,
    callerForRole: iam.callerForRole,
    environmentForRole: (roleArn) => {
      const { accessKeyId, secretAccessKey } = iam.credentialsForRole(roleArn);
      return {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_REGION: regionName,
        AWS_DEFAULT_REGION: regionName,
        AWS_ENDPOINT_URL: endpointUrl,
        AWS_EC2_METADATA_DISABLED: 'true',
      };
    },
    invoke: (signingName, operation, input, caller) => dispatcher().invoke(signingName, operation, input, caller),
    send: (request) => dispatcher().send(request),
    emit: (event) => deps.events().deliverServiceEvent(event),
  };
}
