import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unpackTar } from 'modern-tar';
import type { ReleaseResponse } from '../../contracts/api/catalog.ts';
import type { PredictResponse } from '../../contracts/api/predictions.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { encodeInput } from '../../core/serving/encode-input.ts';
import { readXgboostModel } from '../../core/trees/read-xgboost-model.ts';
import { predict } from '../../core/trees/tree-ensemble.ts';
import type { RunningRegion } from '../../local/region.ts';
import { asked } from './api.ts';

export type EntityAnswer = Extract<PredictResponse, { readonly prediction: unknown }>;

/** What a release's own model says of the features that an answer shows: read from its artifact, scored here. */
export async function scorerOf(
  region: RunningRegion,
  releaseId: string,
): Promise<(features: EntityAnswer['features']) => number> {
  const release = await asked<ReleaseResponse>(region.apiUrl, `/v1/releases/${releaseId}`);
  const { artifact, inputs } = release.manifest as unknown as ReleaseManifest; // by its schema
  const ensemble = readXgboostModel(await modelFile(region, artifact.uri), (bytes) => new TextDecoder().decode(bytes));
  const columns = inputs.map((input) => ({ ref: `${input.view}:${input.feature}`, encode: encodeInput(input) }));
  return (features) => {
    const row = columns.map(({ ref, encode }) => {
      const served = features[ref];
      if (served === undefined) throw new Error(`the answer has no ${ref}`);
      return encode(served.value as string | number | boolean | null) ?? Number.NaN; // the four kinds of value
    });
    return predict(ensemble, row);
  };
}

async function modelFile(region: RunningRegion, uri: string): Promise<Uint8Array> {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const s3 = new S3Client({
    endpoint: region.endpointUrl,
    region: region.regionName,
    credentials: region.credentials,
    forcePathStyle: true,
  });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  s3.destroy();
  const entries = await unpackTar(gunzipSync(await Body!.transformToByteArray()));
  const file = entries.find(({ header }) => /(^|\/)xgboost-model$/.test(header.name));
  if (file?.data === undefined) throw new Error(`${uri} holds no xgboost-model`);
  return file.data;
}
