import type { Sha256 } from '../canonical-json.ts';

/** How a release came to be, beside its data: the code that made it, where it ran, and who wanted it. */
export interface Provenance {
  /** Digest of the bundled code of every function, definitions included. */
  readonly codeSha256: Sha256;
  readonly container: Container;
  /** What chance depended on, by where it was used. The split into train, validation and test has none. */
  readonly seeds: Readonly<Record<string, string>>;
  readonly environment: {
    readonly stage: string;
    /** Twelve digits. */
    readonly account: string;
    readonly region: string;
    /** Node.js that judged and registered it. */
    readonly nodeVersion: string;
    readonly trainingInstanceType: string;
    readonly servingInstanceType: string;
  };
  readonly training: {
    readonly trainingId: string;
    /** ARN of the person or role that asked. */
    readonly actor: string;
    readonly cause: string;
    /** ISO 8601: the instant the training stood at; null when its training set does not say. */
    readonly asOf: string | null;
    /** `s3://…` where the training job wrote the artifact; the release keeps a copy of its own. */
    readonly artifactUri: string;
  };
}

/** The image that trained the model and serves it. */
export interface Container {
  readonly image: string;
  /** `sha256:…` of the image's manifest; null while only a tag names it. */
  readonly digest: string | null;
  /** Why there is no digest; null when there is one. */
  readonly because: string | null;
}

/**
 * What the name of an image pins. A tag can be moved by whoever owns the repository, so only a name with a digest does.
 *
 * @example
 * containerOf('1.dkr.ecr.eu-west-1.amazonaws.com/xgboost:3.2-0').digest; // => null
 */
export function containerOf(image: string): Container {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? null;
  return {
    image,
    digest,
    because:
      digest === null
        ? 'the image is named by a tag of a registry in another account; SageMaker tells its digest once it has pulled it: see the model package, and DeployedImages of the endpoint'
        : null,
  };
}

/** XGBoost draws from `seed`, which is 0 unless it is given. */
export function seedsOf(hyperparameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { xgboost: hyperparameters['seed'] ?? '0' };
}
