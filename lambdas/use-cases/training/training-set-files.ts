import { featureColumn } from '../../../core/definitions/feature-column.ts';
import type { Model } from '../../../core/definitions/model.ts';
import type { ModelInput } from '../../../core/release/release-manifest.ts';
import { encodeInput } from '../../../core/serving/encode-input.ts';
import type { PartRows, TrainingColumns } from '../../../core/training/encode-training-set.ts';
import type { ParquetColumn, ParquetFiles } from '../../ports/parquet-files.ts';

/** A file of a training set, by its name below the set's prefix. */
export interface TrainingSetFile {
  readonly name: string;
  readonly body: Uint8Array;
  readonly contentType: string;
}

/** An input and where its values stand among the joined features. */
export interface PlacedInput {
  readonly input: ModelInput;
  readonly position: number;
}

/**
 * The rows of each part in the spelling of the container. Parquet: the label first, then the inputs, all of them
 * doubles, missing ones null. CSV: no header and no label; a missing value is `nan`, which the image reads as such.
 */
export function trainingSetFiles(
  parquet: ParquetFiles,
  columns: TrainingColumns,
  rows: PartRows,
  inputs: readonly PlacedInput[],
): readonly TrainingSetFile[] {
  const part = (name: 'train' | 'validation'): TrainingSetFile => ({
    name: `${name}/part-0.parquet`,
    body: parquet.write(parquetColumns(columns, rows[name], inputs)),
    contentType: 'application/vnd.apache.parquet',
  });
  const labels = rows.test.map((row) => String(columns.labels[row]));
  return [
    part('train'),
    part('validation'),
    csvFile('test/features.csv', featureLines(columns, rows.test, inputs)),
    csvFile('test/labels.csv', labels),
  ];
}

/** Test rows as another release sees them. */
export function championFile(
  columns: TrainingColumns,
  rows: PartRows,
  inputs: readonly PlacedInput[],
): TrainingSetFile {
  return csvFile('test/champion-features.csv', featureLines(columns, rows.test, inputs));
}

export function placedInputs(model: Model, inputs: readonly ModelInput[]): readonly PlacedInput[] {
  return model.features.map((_, position) => ({ input: inputs[position]!, position }));
}

function parquetColumns(
  columns: TrainingColumns,
  rows: readonly number[],
  inputs: readonly PlacedInput[],
): readonly ParquetColumn[] {
  return [
    { name: 'label', type: 'float64', values: rows.map((row) => columns.labels[row]!) },
    ...inputs.map(({ input, position }): ParquetColumn => {
      const encode = encodeInput(input);
      const values = columns.features[position]!;
      return { name: featureColumn(input), type: 'float64', values: rows.map((row) => encode(values[row]!)) };
    }),
  ];
}

function featureLines(
  columns: TrainingColumns,
  rows: readonly number[],
  inputs: readonly PlacedInput[],
): readonly string[] {
  const encoders = inputs.map(({ input, position }) => ({
    encode: encodeInput(input),
    values: columns.features[position]!,
  }));
  return rows.map((row) => encoders.map(({ encode, values }) => encode(values[row]!) ?? 'nan').join(','));
}

function csvFile(name: string, lines: readonly string[]): TrainingSetFile {
  return { name, body: new TextEncoder().encode(`${lines.join('\n')}\n`), contentType: 'text/csv' };
}
