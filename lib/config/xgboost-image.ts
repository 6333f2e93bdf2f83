import facts from './xgboost-image-accounts.json' with { type: 'json' };

export interface ContainerImage {
  /** What SageMaker pulls. */
  readonly uri: string;
  /** ARN of the repository it lies in. */
  readonly repositoryArn: string;
}

const REPOSITORY = 'sagemaker-xgboost';

/** @throws Error when AWS publishes no image for the region */
export function xgboostImage(region: string): ContainerImage {
  const accounts: Readonly<Record<string, string>> = facts.accounts;
  const account = accounts[region];
  if (account === undefined) {
    throw new Error(
      `no SageMaker XGBoost image is known for region "${region}"; known: ${Object.keys(accounts).join(', ')} (lib/config/xgboost-image-accounts.json)`,
    );
  }
  return {
    uri: `${account}.dkr.ecr.${region}.amazonaws.com/${REPOSITORY}:${facts.tag}`,
    repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${REPOSITORY}`,
  };
}
