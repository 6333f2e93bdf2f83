import {
  CreateModelPackageCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sagemakerModelPackages } from '../../lambdas/adapters/aws/sagemaker-model-packages.ts';
import type { WantedPackage } from '../../lambdas/ports/model-packages.ts';
import { memoryModelPackages } from '../memory/memory-model-packages.ts';
import { IMAGE, type SageMakerLab, sageMakerLab } from './sagemaker-lab.ts';

const GROUP = 'headgate-dev-churn';
const DIGEST = `sha256:${'d'.repeat(64)}`;
let lab: SageMakerLab;

beforeAll(async () => {
  lab = await sageMakerLab();
  await lab.service.resources!['AWS::SageMaker::ModelPackageGroup']!.provision({
    stackName: 's',
    logicalId: 'Group',
    properties: { ModelPackageGroupName: GROUP },
    generatedName: 's-Group-1',
    assemblyDir: '/',
  });
});
afterAll(() => lab.close());

const wanted = (releaseId: string, more: Partial<WantedPackage> = {}): WantedPackage => ({
  group: GROUP,
  releaseId,
  artifactUri: 's3://artifacts/model/churn/a/model.tar.gz',
  image: `${IMAGE.replace(/:3.2-0$/, '')}@${DIGEST}`,
  servingInstanceType: 'ml.g6.xlarge',
  isApproved: true,
  because: 'every gate passed',
  metricsUri: 's3://artifacts/release/churn/a/model-quality.json',
  metadata: { releaseId },
  ...more,
});
const id = (digit: string) => digit.repeat(64);

describe.each([
  ['memory', () => memoryModelPackages(DIGEST)],
  ['SageMaker', () => sagemakerModelPackages(lab.client)],
])('model packages: %s', (adapter, make) => {
  const release = (n: number) => id(adapter === 'memory' ? String(n) : String(n + 3));

  it('makes one for a release and gives the same one again, with the digest of its image', async () => {
    const packages = make();
    const made = await packages.keep(wanted(release(1)));
    expect(made).toEqual({ arn: expect.stringContaining(`model-package/${GROUP}/`), imageDigest: DIGEST });
    expect(await packages.keep(wanted(release(1)))).toEqual(made);
    expect((await packages.keep(wanted(release(2)))).arn).not.toBe(made.arn);
  });
});

describe('the package of a release in SageMaker', () => {
  const all = async () =>
    (await lab.client.send(new ListModelPackagesCommand({ ModelPackageGroupName: GROUP, MaxResults: 100 })))
      .ModelPackageSummaryList ?? [];
  const describeOf = (arn: string) => lab.client.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));

  it('says approved or rejected, why, the metrics and the release', async () => {
    const packages = sagemakerModelPackages(lab.client);
    const good = await describeOf((await packages.keep(wanted(id('a')))).arn);
    expect(good).toMatchObject({
      ModelApprovalStatus: 'Approved',
      CustomerMetadataProperties: { releaseId: id('a') },
      ModelMetrics: { ModelQuality: { Statistics: { S3Uri: wanted(id('a')).metricsUri } } },
    });
    const bad = await packages.keep(wanted(id('b'), { isApproved: false, because: 'auc is 0.5' }));
    expect(await describeOf(bad.arn)).toMatchObject({
      ModelApprovalStatus: 'Rejected',
      ModelPackageDescription: `Release ${id('b')}: auc is 0.5`,
    });
  });

  it('says why in what SageMaker takes for a description, whatever the data held', async () => {
    const because = `auc of country "a\n\tb" is 0.5, ${'🙂'.repeat(600)}`;
    const { arn } = await sagemakerModelPackages(lab.client).keep(wanted(id('e'), { isApproved: false, because }));
    const { ModelPackageDescription: text } = await describeOf(arn);
    expect(text).toContain('auc of country "a b" is 0.5, 🙂');
    const raw = new CreateModelPackageCommand({ ModelPackageGroupName: GROUP, ModelPackageDescription: because });
    await expect(lab.client.send(raw)).rejects.toThrow('ModelPackageDescription');
    const comma = { ModelPackageGroupName: GROUP, CustomerMetadataProperties: { gates: 'auc, recall' } };
    await expect(lab.client.send(new CreateModelPackageCommand(comma))).rejects.toThrow('CustomerMetadataProperties');
  });

  it('is one, when two ask for it at the same time', async () => {
    const before = (await all()).length;
    const packages = sagemakerModelPackages(lab.client);
    const [one, two] = await Promise.all([packages.keep(wanted(id('c'))), packages.keep(wanted(id('c')))]);
    expect(two).toEqual(one);
    expect(await all()).toHaveLength(before + 1);
  });

  it('tells no digest of an image that is named by a tag', async () => {
    const { imageDigest } = await sagemakerModelPackages(lab.client).keep(wanted(id('d'), { image: IMAGE }));
    expect(imageDigest).toBeNull();
  });
});
