import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { QualityReport } from '../../../contracts/quality.ts';
import type { QualityLog } from '../../ports/quality-log.ts';
import { answerOf, isNamed } from './aws-failure.ts';

/** Items `TABLE#<table>`/`QUALITY`: the report as JSON, and the load time of its run, which only grows. */
export function dynamoQualityLog(dynamo: DynamoDBClient, table: string): QualityLog {
  const keyOf = (name: string) => ({ pk: { S: `TABLE#${name}` }, sk: { S: 'QUALITY' } });
  return {
    async keep(name, report) {
      const put = new PutItemCommand({
        TableName: table,
        Item: {
          ...keyOf(name),
          report: { S: JSON.stringify(report) },
          loadedAtMs: { N: String(Date.parse(report.at)) },
        },
        ConditionExpression: 'attribute_not_exists(#at) OR #at <= :at',
        ExpressionAttributeNames: { '#at': 'loadedAtMs' },
        ExpressionAttributeValues: { ':at': { N: String(Date.parse(report.at)) } },
      });
      try {
        await dynamo.send(put);
      } catch (error) {
        if (isNamed(error, 'ConditionalCheckFailedException')) return;
        await answerOf(`DynamoDB write of the quality of table ${name}`, Promise.reject(error));
      }
    },
    async newest(name) {
      const get = new GetItemCommand({ TableName: table, Key: keyOf(name), ConsistentRead: true });
      const { Item: item } = await answerOf(`DynamoDB read of the quality of table ${name}`, dynamo.send(get));
      const text = item?.['report']?.S;
      return text === undefined ? null : QualityReport.parse(JSON.parse(text));
    },
  };
}
