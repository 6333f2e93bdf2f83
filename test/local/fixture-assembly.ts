import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template, TemplateResource } from '../../local/assembly/template.ts';
import { scratchDir } from '../scratch-dir.ts';

export interface FixtureStack {
  readonly template: Template;
  readonly dependencies?: readonly string[];
  /** Folders of code by asset hash; file contents by name. */
  readonly assets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const ASSET_BUCKET = 'cdk-hnb659fds-assets-000000000000-us-east-1';

/** Writes a cloud assembly as `cdk synth` would, and gives its folder. */
export function writeAssembly(stacks: Readonly<Record<string, FixtureStack>>): string {
  const dir = scratchDir('assembly');
  const artifacts: Record<string, object> = {};
  for (const [name, stack] of Object.entries(stacks)) {
    writeFileSync(join(dir, `${name}.template.json`), JSON.stringify(stack.template));
    const files: Record<string, object> = {};
    for (const [hash, contents] of Object.entries(stack.assets ?? {})) {
      mkdirSync(join(dir, `asset.${hash}`));
      for (const [file, text] of Object.entries(contents)) writeFileSync(join(dir, `asset.${hash}`, file), text);
      files[hash] = {
        source: { path: `asset.${hash}`, packaging: 'zip' },
        destinations: { local: { bucketName: ASSET_BUCKET, objectKey: `${hash}.zip` } },
      };
    }
    writeFileSync(join(dir, `${name}.assets.json`), JSON.stringify({ version: '55.0.0', files, dockerImages: {} }));
    artifacts[`${name}.assets`] = { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } };
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://000000000000/us-east-1',
      properties: { templateFile: `${name}.template.json` },
      dependencies: [...(stack.dependencies ?? []), `${name}.assets`],
    };
  }
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  return dir;
}

export function lambdaRole(statements: readonly object[]): TemplateResource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
      },
      Policies: [{ PolicyName: 'Inline', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
    } as TemplateResource['Properties'],
  };
}

export function nodeFunction(assetHash: string, roleId: string, properties: object = {}): TemplateResource {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: {
        S3Bucket: { 'Fn::Join': ['-', ['cdk-hnb659fds-assets', { Ref: 'AWS::AccountId' }, { Ref: 'AWS::Region' }]] },
        S3Key: `${assetHash}.zip`,
      },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: { 'Fn::GetAtt': [roleId, 'Arn'] },
      Timeout: 10,
      MemorySize: 256,
      ...properties,
    } as TemplateResource['Properties'],
  };
}

/** An HTTP API with one function behind each of the routes; keys are route keys. */
export function httpApi(
  routes: Readonly<Record<string, string>>,
  authorization = 'AWS_IAM',
): Record<string, TemplateResource> {
  const resources: Record<string, TemplateResource> = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Api', ProtocolType: 'HTTP' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
    },
  };
  for (const [index, [routeKey, functionId]] of Object.entries(routes).entries()) {
    resources[`Integration${index}`] = {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': [functionId, 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    };
    resources[`Route${index}`] = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: routeKey,
        AuthorizationType: authorization,
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: `Integration${index}` }]] },
      },
    };
    resources[`Permission${index}`] = {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [functionId, 'Arn'] },
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Join': [
            '',
            ['arn:aws:execute-api:us-east-1:000000000000:', { Ref: 'Api' }, `/*/*${routeKey.split(' ')[1] ?? ''}`],
          ],
        },
      },
    };
  }
  return resources;
}
