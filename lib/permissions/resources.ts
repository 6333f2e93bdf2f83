import type { Flow } from '../../contracts/flows.ts';

/** ARNs of what functions and flows may touch. */
export interface PlatformResources {
  readonly onlineTable: string;
  readonly registryTable: string;
  readonly predictionTable: string;
  readonly offlineBucket: string;
  readonly artifactBucket: string;
  readonly auditBucket: string;
  readonly auditKey: string;
  readonly predictionLogBucket: string;
  readonly predictionStream: string;
  readonly outcomeStream: string;
  readonly eventStream: string;
  readonly eventBus: string;
  /** Rules of the account's default event bus: append the name. */
  readonly eventRules: string;
  readonly glueCatalog: string;
  readonly glueDatabase: string;
  /** Tables of the database, wildcard included. */
  readonly glueTables: string;
  /** Tables of the warehouse that may be ingested from: ARNs, and where the files of each lie. */
  readonly ingestTables: readonly WarehouseTableResources[];
  readonly athenaWorkgroup: string;
  /** Athena's name for the Glue catalogue of the account. */
  readonly athenaCatalog: string;
  /** By flow. */
  readonly machines: Readonly<Record<Flow, string>>;
  /** Executions by flow, wildcard included. */
  readonly executions: Readonly<Record<Flow, string>>;
  readonly sagemaker: SageMakerResources;
}

export interface WarehouseTableResources {
  readonly database: string;
  readonly table: string;
  readonly bucket: string;
  /** Ends in a slash. */
  readonly prefix: string;
}

/** Patterns of the names that the platform gives; each ends in a wildcard. */
export interface SageMakerResources {
  readonly endpoints: string;
  readonly endpointConfigs: string;
  readonly models: string;
  readonly modelPackageGroups: string;
  readonly modelPackages: string;
  readonly trainingJobs: string;
  readonly transformJobs: string;
  readonly tuningJobs: string;
  readonly modelRoles: string;
  readonly scalableTargets: string;
  readonly scalingAlarms: string;
  readonly allAlarms: string;
  readonly scalingServiceRole: string;
}
