import { describe, expect, it } from 'vitest';
import { parseEnvironment } from '../../lib/config/environment.ts';
import { environmentOf } from '../../lib/config/environments.ts';
import { xgboostImage } from '../../lib/config/xgboost-image.ts';
import { endpointName } from '../../lib/stage-names.ts';

describe('environments', () => {
  it.each(['dev', 'staging', 'prod'])('has a valid one for %s', (stage) => {
    expect(environmentOf(stage).stage).toBe(stage);
  });

  it('takes another account and region', () => {
    const here = environmentOf('dev', { account: '123456789012', region: 'eu-west-1' });
    expect([here.account, here.region]).toEqual(['123456789012', 'eu-west-1']);
  });

  it('names the stages there are when asked for another', () => {
    expect(() => environmentOf('qa')).toThrow('no environment named "qa"; known: dev, staging, prod');
    expect(() => environmentOf('toString')).toThrow('no environment named');
  });

  it('lets nobody deploy production that can be lost or that nobody watches', () => {
    const { alarmEmail, ...unwatched } = environmentOf('prod');
    expect(alarmEmail).toBeDefined();
    expect(() => parseEnvironment({ ...unwatched, retainData: false, deletionProtection: false })).toThrow(
      /prod must set retainData: true[\s\S]*prod must set deletionProtection: true[\s\S]*prod must set an alarmEmail or an alarmTopicArn/,
    );
    const topic = 'arn:aws:sns:us-east-1:222222222222:pager';
    expect(parseEnvironment({ ...unwatched, alarmTopicArn: topic }).alarmTopicArn).toBe(topic);
  });

  it.each([
    [{ account: '12' }, 'twelve digits'],
    [{ region: 'mars' }, 'an AWS region'],
    [{ logRetentionDays: 10 }, 'logRetentionDays'],
    [{ athenaScanLimitBytes: 1 }, 'athenaScanLimitBytes'],
    [{ alarmEmail: 'nobody' }, 'alarmEmail'],
    [{ alarmTopicArn: 'pager' }, 'the ARN of an SNS topic'],
    [{ retainDta: true }, 'retainDta'],
    [{ ingestTables: [{ database: 'crm', table: 'x*', location: 's3://crm/x/' }] }, 'lower-case letters'],
    [{ ingestTables: [{ database: 'crm', table: 'x', location: 's3://crm/x' }] }, 'a slash at its end'],
    [{ ingestTables: [{ database: 'crm', table: 'x', location: 's3://crm/' }] }, 's3://bucket/prefix/'],
  ])('refuses %j and says which field', (wrong, says) => {
    expect(() => parseEnvironment({ ...environmentOf('dev'), ...wrong })).toThrow(says);
  });
});

describe('images and names', () => {
  it('knows the XGBoost image of a region', () => {
    expect(xgboostImage('eu-west-1').uri).toBe('141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0');
  });

  it('names the regions that have one when asked for another', () => {
    expect(() => xgboostImage('us-gov-west-1')).toThrow(
      /no SageMaker XGBoost image .* "us-gov-west-1"; known: us-east-1,/,
    );
  });

  it('makes endpoint names that SageMaker takes', () => {
    expect(endpointName('staging', 'buys_again_30d')).toBe('headgate-staging-buys-again-30d');
    expect(endpointName('staging', 'a'.repeat(40)).length).toBeLessThanOrEqual(63);
  });

  it.each(['churn_', 'a__b'])('refuses the model name %s, for which there is no endpoint name', (name) => {
    expect(() => endpointName('dev', name)).toThrow('rename the model');
  });
});
