/** Where people and their tools look a model's releases up: SageMaker's model registry. A copy of facts, never the truth. */
export interface ModelPackages {
  /**
   * The package of the release. It is made when there is none, and the same release again, after a crash too, gives
   * the one that is there.
   */
  keep(wanted: WantedPackage): Promise<ModelPackage>;
}

export interface WantedPackage {
  /** Group of the model's packages. */
  readonly group: string;
  readonly releaseId: string;
  readonly artifactUri: string;
  readonly image: string;
  /** SageMaker instance type of the endpoint. */
  readonly servingInstanceType: string;
  /** Whether it may be deployed. */
  readonly isApproved: boolean;
  /** Why, for a reader. */
  readonly because: string;
  /** `s3://…` of the metrics in SageMaker's model quality format. */
  readonly metricsUri: string;
  /** At most 50 entries; values of at most 256 characters. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ModelPackage {
  readonly arn: string;
  /** `sha256:…` of the container image, as SageMaker resolved it; null when it does not tell. */
  readonly imageDigest: string | null;
}
