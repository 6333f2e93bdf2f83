import { type AttributeValue, type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import type { OutcomeLogRow, PredictionLogRow } from '../../../contracts/prediction-log.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { BugError, CorruptDataError } from '../../../core/errors.ts';
import type { Outcome, PredictionRecord } from '../../../core/serving/prediction-record.ts';
import { PredictionNotFoundError } from '../../../core/serving/serving-errors.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { OutcomeReceipt, PredictionLedger } from '../../ports/prediction-ledger.ts';
import { answerOf, isNamed } from './aws-failure.ts';
import { inParallel } from './in-parallel.ts';
import { answeredRow, failedRow } from './prediction-log-row.ts';

const PARALLEL_OUTCOMES = 8;
const PREDICTION = 'PREDICTION';

type Item = Record<string, AttributeValue>;

export interface DynamoPredictionLedgerProps {
  readonly dynamo: DynamoDBClient;
  readonly table: string;
  readonly firehose: FirehoseClient;
  /** Delivery streams of the two logs; null in a function that does not write that log. */
  readonly predictionStream: string | null;
  readonly outcomeStream: string | null;
  readonly clock: Clock;
}

/**
 * Items `<predictionId>` with `PREDICTION` and `OUTCOME#<n>`. Every record also goes to a delivery stream, at least
 * once: a repeated request may write a line of the log again, never another item.
 */
export function dynamoPredictionLedger(props: DynamoPredictionLedgerProps): PredictionLedger {
  const { dynamo, table, firehose, clock } = props;

  const putNew = async (item: Item): Promise<boolean> => {
    const put = new PutItemCommand({ TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' });
    try {
      await dynamo.send(put);
      return true;
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return false;
      return answerOf('DynamoDB PutItem of the prediction ledger', Promise.reject(error));
    }
  };

  const log = async (stream: string | null, row: PredictionLogRow | OutcomeLogRow): Promise<void> => {
    if (stream === null) throw new BugError('the prediction ledger was made without the stream that it has to write');
    const Record = { Data: new TextEncoder().encode(`${JSON.stringify(row)}\n`) };
    const put = new PutRecordCommand({ DeliveryStreamName: stream, Record });
    await answerOf(`Firehose PutRecord to ${stream}`, firehose.send(put));
  };

  /** Everything that is known of a prediction; null when it is unknown or forgotten. */
  const known = async (predictionId: string): Promise<Known | null> => {
    const query = new QueryCommand({
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: predictionId } },
    });
    const { Items: items = [] } = await answerOf('DynamoDB Query of the prediction ledger', dynamo.send(query));
    const of = (name: string) => items.filter((item) => item['sk']?.S?.startsWith(name));
    const [prediction] = of(PREDICTION);
    if (prediction === undefined) return null;
    const record = parsed<PredictionRecord>(prediction, 'record');
    if (record.expiresAtSeconds * 1000 <= clock.now().getTime()) return null;
    return { record, outcomes: of('OUTCOME#').map((item) => parsed<Outcome>(item, 'outcome')) };
  };

  const receive = async (model: string, outcome: Outcome): Promise<OutcomeReceipt['status']> => {
    const seen = await known(outcome.predictionId);
    if (seen === null || seen.record.model !== model) return 'unknown-prediction';
    const count = seen.outcomes.length;
    if (seen.outcomes.at(-1)?.value === outcome.value) return 'duplicate';
    // the log first: a crash in between leaves a line that a repeated request writes again, not an outcome without one
    await log(props.outcomeStream, {
      prediction_id: outcome.predictionId,
      model,
      value: Number(outcome.value),
      occurred_at_ms: Date.parse(outcome.occurredAt),
      recorded_at_ms: clock.now().getTime(),
    });
    const isMine = await putNew({
      pk: { S: outcome.predictionId },
      sk: { S: `OUTCOME#${String(count + 1).padStart(6, '0')}` },
      outcome: { S: canonicalJson(outcome) },
      x: { N: String(seen.record.expiresAtSeconds) },
    });
    if (!isMine) return receive(model, outcome); // another request recorded one meanwhile: look again
    return count === 0 ? 'recorded' : 'corrected';
  };

  return {
    async record(prediction, served) {
      const item: Item = {
        pk: { S: prediction.predictionId },
        sk: { S: PREDICTION },
        record: { S: JSON.stringify(prediction) },
        model: { S: prediction.model },
        x: { N: String(prediction.expiresAtSeconds) },
      };
      await Promise.all([putNew(item), log(props.predictionStream, answeredRow(prediction, served))]);
    },
    recordFailure: (failure) => log(props.predictionStream, failedRow(failure)),
    async evidence(predictionId) {
      const found = await known(predictionId);
      if (found === null) throw new PredictionNotFoundError(predictionId);
      return { ...found.record, outcomes: found.outcomes };
    },
    async recordOutcomes(model, outcomes) {
      const receipts: OutcomeReceipt[] = [];
      // outcomes of one prediction are taken in their order, those of different predictions side by side
      const byPrediction = new Map<string, { readonly outcome: Outcome; readonly place: number }[]>();
      outcomes.forEach((outcome, place) => {
        const group = byPrediction.get(outcome.predictionId) ?? [];
        byPrediction.set(outcome.predictionId, [...group, { outcome, place }]);
      });
      await inParallel([...byPrediction.values()], PARALLEL_OUTCOMES, async (group) => {
        for (const { outcome, place } of group) {
          receipts[place] = { predictionId: outcome.predictionId, status: await receive(model, outcome) };
        }
      });
      return receipts;
    },
  };
}

interface Known {
  readonly record: PredictionRecord;
  readonly outcomes: readonly Outcome[];
}

function parsed<T>(item: Item, attribute: string): T {
  const text = item[attribute]?.S;
  if (text === undefined) throw new CorruptDataError(`ledger item ${item['pk']?.S} lacks "${attribute}"`);
  return JSON.parse(text) as T; // written by this adapter
}
