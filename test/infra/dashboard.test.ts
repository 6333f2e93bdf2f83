import { describe, expect, it } from 'vitest';
import { RUNBOOK_ANCHORS } from '../../lib/constructs/platform-alarm.ts';
import { plainText, resourcesOf, synthesize } from './synth.ts';

interface Widget {
  readonly type: string;
  readonly width: number;
  readonly properties: {
    readonly title?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

const synthesized = synthesize();
const [[, dashboard]] = resourcesOf(synthesized.platform, 'AWS::CloudWatch::Dashboard') as unknown as [
  [string, { readonly Properties: Readonly<Record<string, unknown>> }],
];
const { widgets } = JSON.parse(plainText(dashboard.Properties['DashboardBody'])) as { readonly widgets: Widget[] };
const titled = (title: string) => widgets.find(({ properties }) => properties.title === title);
const metricsOf = (title: string) => JSON.stringify(titled(title)?.properties.metrics);

describe('the dashboard of an environment', () => {
  it('begins with every alarm of the platform', () => {
    const shown = widgets.flatMap(({ type, properties }) => (type === 'alarm' ? (properties.alarms ?? []) : []));
    const alarms = resourcesOf(synthesized.platform, 'AWS::CloudWatch::Alarm');
    expect(widgets[0]?.type).toBe('alarm');
    for (const [id] of alarms) expect(shown).toContain(`{${id}.Arn}`);
    expect(RUNBOOK_ANCHORS.length).toBeGreaterThan(0);
  });

  it('shows the alarms of a model by the names they have in its stack', () => {
    const shown = titled('Model churn_1')?.properties.alarms?.map((arn) => arn.split(':alarm:')[1]);
    const names = resourcesOf(synthesized.model, 'AWS::CloudWatch::Alarm').map(
      ([, alarm]) => alarm.Properties['AlarmName'],
    );
    expect([...(shown ?? [])].sort()).toEqual([...names].sort());
  });

  it('has a line for each model: predictions, latency, drift, loss, age of its views, retrainings, batches, cost', () => {
    expect(metricsOf('churn_1: predictions and failures')).toContain('headgate-dev-churn-1');
    expect(metricsOf('churn_1: predictions and failures')).toContain('FailedPredictions');
    expect(metricsOf('churn_1: latency of the endpoint, ms')).toContain('p99 / 1000');
    expect(metricsOf('churn_1: drifting columns, and inputs that are not well')).toContain('UnhealthyInputs');
    expect(metricsOf('churn_1: loss against the promise')).toMatch(/Loss.*LossPromised.*LossLimit/);
    expect(metricsOf('churn_1: age of what its views serve, ms')).toContain('customer_spend');
    expect(metricsOf('churn_1: retrainings and rollouts')).toMatch(/RetrainingEscalated.*RolloutsRolledBack/);
    expect(metricsOf('churn_1: batch predictions')).toContain('BatchPredictions');
    expect(metricsOf('churn_1: endpoint, US$ an hour')).toMatch(/\) \* \d/);
  });

  it('shows callers, every flow and every table', () => {
    for (const title of ['Requests', 'Latency of the API, ms', 'Predictions', 'Prediction function, ms']) {
      expect(titled(title)?.properties.metrics?.length).toBeGreaterThan(0);
    }
    const machines = resourcesOf(synthesized.platform, 'AWS::StepFunctions::StateMachine');
    expect(titled('Flows that failed')?.properties.metrics).toHaveLength(machines.length);
    expect(metricsOf('Tables, units read and written')).toMatch(/Online.*Registry.*Prediction/);
  });

  it('refuses more models than fit on one page, and says so', () => {
    const many = Array.from({ length: 60 }, (_, i) => `churn_${i}`);
    expect(() => synthesize(undefined, many)).toThrow(
      /^the dashboard headgate-dev would have \d+ widgets; CloudWatch allows 500: an environment has too many models/,
    );
  });
});
