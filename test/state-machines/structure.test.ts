import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { FLOW_FUNCTIONS } from '../../lib/flows.ts';
import { resourcesOf, synthesize } from '../infra/synth.ts';
import { definitionText, machines, states, targetsOf, withInner } from './machines.ts';

/** Where each choice goes when nothing it knows is the case. */
const SAFE_SIDE: Readonly<Record<string, string>> = {
  'materialize/IsWorkDue': 'UnknownPlan', // fails and writes nothing
  'materialize/IsCheckPlanned': 'Measure', // no commit without a check, unless the plan says that nothing is expected
  'materialize/IsAllowed': 'Block', // the rows of the run stay unseen
  'materialize/IsOnlineBehind': 'UnknownPlan', // rows are visible offline, none goes online
  'materialize/IsAllOnline': 'WriteOnline', // writes are conditional: once more does no harm, stopping short does
  'ingest-table/IsAllLoaded': 'Load', // a file that was loaded is not loaded twice, stopping short leaves rows behind
  'batch-predict/IsAsked': 'NothingToDo', // nothing is read
  'batch-predict/HasEntities': 'NothingToDo',
  'batch-predict/IsAllEncoded': 'Encode', // the same part again is the same bytes, stopping short leaves entities out
  'batch-predict/HasRows': 'BeginCollecting', // no job without rows
  'batch-predict/IsModelThere': 'Abandon', // an error stays one
  'batch-predict/IsAllCollected': 'Collect',
  'batch-predict/DoesPublish': 'Finish', // nothing goes online
  'batch-predict/IsAllPublished': 'Publish', // writes are conditional: once more does no harm, stopping short does
  'drift-scan/IsDue': 'NothingToDo', // nothing is read
  'skew-audit/HasSample': 'NothingToDo',
  'skew-audit/IsSampled': 'NothingToDo',
  'train/IsSearched': 'Train', // one job costs less than many
  'train/MayRegister': 'MeasureLeak', // registers nothing
  'train/HasPassed': 'NotPassed', // no rollout
  'train/IsModelThere': 'ModelFailed', // an error stays one
  'rollout/NextMove': 'UnknownMove', // is told as a failure, which goes back
  'rollout/IsStranded': 'Failed', // the route stays, the reconciler takes it up
  'training-set/IsAllSealed': 'Seal', // the same part again is the same bytes, stopping short is no training set
  'reconcile/IsAnythingRetiring': 'NothingToRetire', // nothing is deleted
  'reconcile/IsAllSwept': 'Sweep', // deleting once more does no harm, stopping short leaves items behind
};

const { platform } = synthesize();

describe.each(machines)('%s', (flow, machine) => {
  it('is valid Amazon States Language in JSONata', () => {
    // the validator knows no placeholders, and a Fail state may compute its texts
    const { isValid, errorsText } = aslValidator(JSON.parse(definitionText(flow)), { checkArn: false });
    expect(errorsText('\n')).toBe('');
    expect(isValid).toBe(true);
    expect(machine.QueryLanguage).toBe('JSONata');
  });

  it('starts and goes on only at states that exist, and reaches each of them', () => {
    for (const { StartAt, States } of withInner(machine)) {
      const reached = new Set([StartAt, ...Object.values(States).flatMap(targetsOf)]);
      expect([...reached].sort()).toEqual(Object.keys(States).sort());
    }
  });

  it('ends by itself when nothing else ends it', () => {
    expect(machine.TimeoutSeconds).toBeGreaterThan(0);
  });

  it('uses each placeholder that the stack fills, and no other', () => {
    const used = [...definitionText(flow).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    const filled = resourcesOf(platform, 'AWS::StepFunctions::StateMachine')
      .map(([, { Properties }]) => Properties)
      .find(({ StateMachineName }) => StateMachineName === `headgate-dev-${flow}`);
    expect([...new Set(used)].sort()).toEqual(Object.keys(filled?.['DefinitionSubstitutions'] ?? {}).sort());
    expect(used).toEqual(expect.arrayContaining(Object.keys(FLOW_FUNCTIONS[flow])));
  });
});

describe('states', () => {
  it.each(states)('%s says what it is for', (_, state) => {
    expect(state.Comment).toMatch(/^[A-Z].+[^.]$/);
  });

  it.each(states.filter(([, { Type }]) => Type === 'Task'))('%s gives up in time, and tries again first', (_, task) => {
    if (typeof task.TimeoutSeconds === 'number') expect(task.TimeoutSeconds).toBeGreaterThan(0);
    else expect(task.TimeoutSeconds).toBe('{% $move.seconds %}'); // a person is waited for, for as long as the move says
    expect(task.Retry?.length).toBeGreaterThan(0);
  });

  it('send what no choice knows to the safe side', () => {
    const defaults = states.filter(([, { Type }]) => Type === 'Choice').map(([name, { Default }]) => [name, Default]);
    expect(Object.fromEntries(defaults)).toEqual(SAFE_SIDE);
  });

  it('invoke functions for longer than those may run', () => {
    const timeouts = Object.fromEntries(
      resourcesOf(platform, 'AWS::Lambda::Function').map(([, { Properties }]) => [
        Properties['Description'],
        Number(Properties['Timeout']),
      ]),
    );
    for (const [flow, machine] of machines) {
      for (const state of Object.values(machine.States)) {
        const [, placeholder] = /\$\{(\w+FunctionArn)\}/.exec(JSON.stringify(state.Arguments ?? '')) ?? [];
        if (placeholder === undefined || typeof state.TimeoutSeconds !== 'number') continue;
        const functions: Readonly<Record<string, string>> = FLOW_FUNCTIONS[flow];
        expect(state.TimeoutSeconds).toBeGreaterThan(timeouts[functions[placeholder]!]!);
      }
    }
  });
});
