import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { assetPath } from '../../assembly/assets.ts';
import type { Region, ResourceRequest } from '../../service.ts';
import { readProperties, templateNumber } from '../read-document.ts';

/** A function as the region runs it. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** `file.export`, the file without its extension and relative to `codeDir`. */
  readonly handler: string;
  readonly codeDir: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutS: number;
  readonly memoryMb: number;
  readonly logGroupName: string;
  readonly logFormat: string;
  readonly logLevel?: string;
  /** Events at once, beyond which invocations are throttled; undefined when the function has no limit of its own. */
  readonly reservedConcurrency?: number;
}

/** Properties that change nothing on a laptop: nothing is traced, zipped, encrypted or billed. */
const accepted = z.unknown().optional();
const unsupported = (what: string) => z.undefined(`${what} is not supported by the laptop region`).optional();

const FunctionProperties = z.strictObject({
  FunctionName: z.string().optional(),
  Code: z.union([z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }), z.strictObject({ ZipFile: z.string() })]),
  Handler: z.string().regex(/^[^.]+(\/[^.]+)*\.[^.]+$/, 'must look like "index.handler"'),
  Role: z.string(),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, 'the laptop region runs Node.js functions only'),
  Timeout: templateNumber.pipe(z.int().min(1).max(900)).default(3),
  MemorySize: templateNumber.pipe(z.int().min(128).max(10_240)).default(128),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  ReservedConcurrentExecutions: templateNumber.pipe(z.int().min(0)).optional(),
  LoggingConfig: z
    .strictObject({
      LogGroup: z.string().optional(),
      LogFormat: z.enum(['Text', 'JSON']).default('Text'),
      ApplicationLogLevel: z.string().optional(),
      SystemLogLevel: z.string().optional(),
    })
    .optional(),
  Architectures: accepted,
  Description: accepted,
  EphemeralStorage: accepted,
  KmsKeyArn: accepted,
  PackageType: z.literal('Zip', 'container images are not supported by the laptop region').optional(),
  RecursiveLoop: accepted,
  RuntimeManagementConfig: accepted,
  Tags: accepted,
  TracingConfig: accepted,
  DeadLetterConfig: unsupported('a dead-letter queue'),
  FileSystemConfigs: unsupported('a file system'),
  Layers: unsupported('a layer'),
  SnapStart: unsupported('SnapStart'),
  VpcConfig: unsupported('a VPC'),
});

/** Checks the properties of an AWS::Lambda::Function and finds its code. */
export function readFunction(request: ResourceRequest, region: Region): FunctionDefinition {
  const properties = readProperties(FunctionProperties, request, 'AWS::Lambda::Function');
  const name = properties.FunctionName ?? request.generatedName;
  const logging = properties.LoggingConfig;
  return {
    name,
    arn: functionArn(region, name),
    roleArn: properties.Role,
    handler: properties.Handler,
    codeDir: codeDir(properties.Code, name, request, region),
    runtime: properties.Runtime,
    environment: properties.Environment?.Variables ?? {},
    timeoutS: properties.Timeout,
    memoryMb: properties.MemorySize,
    logGroupName: logging?.LogGroup ?? `/aws/lambda/${name}`,
    logFormat: logging?.LogFormat ?? 'Text',
    ...(logging?.ApplicationLogLevel === undefined ? {} : { logLevel: logging.ApplicationLogLevel }),
    ...(properties.ReservedConcurrentExecutions === undefined
      ? {}
      : { reservedConcurrency: properties.ReservedConcurrentExecutions }),
  };
}

export function functionArn(region: Region, name: string): string {
  return `arn:aws:lambda:${region.regionName}:${region.accountId}:function:${name}`;
}

function codeDir(
  code: z.infer<typeof FunctionProperties>['Code'],
  name: string,
  request: ResourceRequest,
  region: Region,
): string {
  if ('S3Bucket' in code) return assetPath(request.assemblyDir, code.S3Bucket, code.S3Key);
  const dir = join(region.stateDir, 'lambda', name); // code written in the template itself
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'index.js'), code.ZipFile);
  return dir;
}
