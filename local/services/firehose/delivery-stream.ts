import * as z from 'zod';
import type { Region, ResourceType } from '../../service.ts';
import { readProperties, templateBoolean, templateNumber, templateTags } from '../read-document.ts';
import { evaluatePrefix } from './object-name.ts';

const Processor = z.strictObject({
  Type: z.literal('AppendDelimiterToRecord', "the laptop's Firehose knows the processor AppendDelimiterToRecord"),
  Parameters: z.array(z.strictObject({ ParameterName: z.literal('Delimiter'), ParameterValue: z.string() })).optional(),
});

const Conversion = z.strictObject({
  Enabled: templateBoolean.default(true),
  InputFormatConfiguration: z.strictObject({
    Deserializer: z.strictObject({ OpenXJsonSerDe: z.unknown(), HiveJsonSerDe: z.unknown() }).partial(),
  }),
  OutputFormatConfiguration: z.strictObject({
    Serializer: z.strictObject({
      ParquetSerDe: z.looseObject({ Compression: z.enum(['SNAPPY', 'GZIP', 'UNCOMPRESSED']).default('SNAPPY') }),
    }),
  }),
  SchemaConfiguration: z.strictObject({
    CatalogId: z.string().optional(),
    DatabaseName: z.string(),
    TableName: z.string(),
    Region: z.string().optional(),
    RoleARN: z.string(),
    VersionId: z.literal('LATEST').optional(),
  }),
});

const DEFAULT_ERROR_PREFIX = '!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/';

const Destination = z.strictObject({
  BucketARN: z.string().regex(/^arn:aws:s3:::[^/]+$/),
  RoleARN: z.string(),
  Prefix: z.string().default(''),
  ErrorOutputPrefix: z.string().default(DEFAULT_ERROR_PREFIX),
  BufferingHints: z
    .strictObject({ IntervalInSeconds: templateNumber.default(300), SizeInMBs: templateNumber.default(5) })
    .prefault({}),
  CompressionFormat: z.enum(['UNCOMPRESSED', 'GZIP']).default('UNCOMPRESSED'),
  FileExtension: z.string().optional(),
  CustomTimeZone: z.literal('UTC').optional(),
  ProcessingConfiguration: z
    .strictObject({ Enabled: templateBoolean.default(true), Processors: z.array(Processor).default([]) })
    .optional(),
  DataFormatConversionConfiguration: Conversion.optional(),
  CloudWatchLoggingOptions: z.unknown().optional(),
  EncryptionConfiguration: z.unknown().optional(),
  S3BackupMode: z.literal('Disabled').optional(),
});

const Properties = z.strictObject({
  DeliveryStreamName: z.string().optional(),
  DeliveryStreamType: z.literal('DirectPut').default('DirectPut'),
  DeliveryStreamEncryptionConfigurationInput: z.unknown().optional(),
  ExtendedS3DestinationConfiguration: Destination,
  Tags: templateTags,
});

/** A delivery stream as the store keeps it. */
export interface DeliveryStream {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly bucket: string;
  readonly roleArn: string;
  readonly prefix: string;
  readonly errorPrefix: string;
  readonly intervalSeconds: number;
  readonly sizeBytes: number;
  readonly isGzip: boolean;
  readonly fileExtension?: string | undefined;
  /** Written after each record; empty for none. */
  readonly delimiter: string;
  readonly conversion?: ParquetConversion | undefined;
}

export interface ParquetConversion {
  readonly databaseName: string;
  readonly tableName: string;
  readonly roleArn: string;
  /** In lower case. */
  readonly compression: string;
}

/** Records converted to Parquet need a buffer of this size at least. */
const MIN_CONVERSION_MB = 64;

/** Brings up delivery streams that take records directly and deliver them to S3. */
export function deliveryStreamResource(region: Region): ResourceType {
  return {
    provision: async (request) => {
      const asked = readProperties(Properties, request, 'AWS::KinesisFirehose::DeliveryStream');
      const name = asked.DeliveryStreamName ?? request.generatedName;
      const arn = `arn:aws:firehose:${region.regionName}:${region.accountId}:deliverystream/${name}`;
      const store = region.store('firehose');
      const createdAt = store.get<DeliveryStream>('stream', name)?.createdAt ?? region.clock.now().toISOString();
      store.put('stream', name, {
        name,
        arn,
        createdAt,
        ...settingsOf(asked.ExtendedS3DestinationConfiguration),
      } satisfies DeliveryStream);
      return { ref: name, attributes: { Arn: arn } };
    },
  };
}

function settingsOf(destination: z.infer<typeof Destination>): Omit<DeliveryStream, 'name' | 'arn' | 'createdAt'> {
  const { BufferingHints, ProcessingConfiguration, DataFormatConversionConfiguration: conversion } = destination;
  const isConverting = conversion?.Enabled === true;
  if (
    isConverting &&
    (BufferingHints.SizeInMBs < MIN_CONVERSION_MB || destination.CompressionFormat !== 'UNCOMPRESSED')
  ) {
    throw new Error(
      `a stream that converts to Parquet needs BufferingHints.SizeInMBs of at least ${MIN_CONVERSION_MB} and CompressionFormat UNCOMPRESSED`,
    );
  }
  // a prefix that can not be worked out stops the start, not the first delivery
  evaluatePrefix(destination.Prefix, new Date(0), 'check');
  evaluatePrefix(destination.ErrorOutputPrefix, new Date(0), 'check', 'check');
  const processors = ProcessingConfiguration?.Enabled === true ? ProcessingConfiguration.Processors : [];
  return {
    bucket: destination.BucketARN.slice('arn:aws:s3:::'.length),
    roleArn: destination.RoleARN,
    prefix: destination.Prefix,
    errorPrefix: destination.ErrorOutputPrefix,
    intervalSeconds: BufferingHints.IntervalInSeconds,
    sizeBytes: BufferingHints.SizeInMBs * 1024 ** 2,
    isGzip: destination.CompressionFormat === 'GZIP',
    fileExtension: destination.FileExtension,
    delimiter: processors
      .map(({ Parameters }) => (Parameters?.[0]?.ParameterValue ?? '\n').replaceAll('\\n', '\n'))
      .join(''),
    ...(isConverting
      ? {
          conversion: {
            databaseName: conversion.SchemaConfiguration.DatabaseName,
            tableName: conversion.SchemaConfiguration.TableName,
            roleArn: conversion.SchemaConfiguration.RoleARN,
            compression: conversion.OutputFormatConfiguration.Serializer.ParquetSerDe.Compression.toLowerCase(),
          },
        }
      : {}),
  };
}
