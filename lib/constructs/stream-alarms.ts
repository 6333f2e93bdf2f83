import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { fiveMinuteMetric } from './five-minute-metric.ts';
import { NOTHING_HAPPENED, PlatformAlarm, type PlatformAlarmProps } from './platform-alarm.ts';

export interface StreamAlarmsProps {
  readonly topics: readonly ITopic[];
  readonly stage: string;
  readonly consumer: IFunction;
  /** Id of the event source mapping. */
  readonly mappingId: string;
}

const FIVE_MINUTES = Duration.minutes(5);
const LATE_MS = 300_000;

/** Whether rows of the stream come in time, and whether any were set aside. */
export class StreamAlarms extends Construct {
  constructor(scope: Construct, id: string, { topics, stage, consumer, mappingId }: StreamAlarmsProps) {
    super(scope, id);
    const add = (name: string, alarm: Omit<PlatformAlarmProps, 'topics' | 'silence'>) =>
      new PlatformAlarm(this, name, { ...alarm, topics, silence: NOTHING_HAPPENED });
    const ofMapping = (name: string) => fiveMinuteMetric('AWS/Lambda', name, { EventSourceMappingUUID: mappingId });

    add('Lag', {
      metric: consumer.metric('IteratorAge', { period: FIVE_MINUTES, statistic: Stats.MAXIMUM }),
      limit: LATE_MS,
      periods: 3,
      meaning: 'Records of the stream are stored more than five minutes after they came',
      runbook: 'stream-lag',
    });
    add('DeadLetters', {
      metric: fiveMinuteMetric('Headgate', 'RowsDead', { Stage: stage }),
      limit: 1,
      periods: 1,
      meaning: 'Records of the stream cannot be stored and lie with the dead letters',
      runbook: 'dead-letters',
    });
    add('GivenUp', {
      metric: ofMapping('OnFailureDestinationDeliveredEventCount'),
      limit: 1,
      periods: 1,
      meaning: 'Batches of the stream failed again and again; they lie in the offline bucket and can be replayed',
      runbook: 'dead-letters',
    });
    add('Dropped', {
      metric: ofMapping('DroppedEventCount'),
      limit: 1,
      periods: 1,
      meaning: 'Batches of the stream failed and could not be kept: they are in the stream alone, for a day',
      runbook: 'dead-letters',
    });
  }
}
