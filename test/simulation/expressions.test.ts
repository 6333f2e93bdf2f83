import { expect, it } from 'vitest';
import { evaluate } from '../../local/services/step-functions/evaluate.ts';
import { definitionText } from '../state-machines/machines.ts';
import { expressionOf, twinOf } from './expressions.ts';

const text = definitionText('rollout').replaceAll('$' + '{EndpointPollSeconds}', '30');
const sources = [...new Set([...text.matchAll(/"(\{%[^"]*%\})"/g)].map(([, found]) => expressionOf(found!)!))]; // each matched

const lead = { rolloutId: 'r1', model: 'churn', fence: 2 };
const failure = { error: 'UnavailableError', cause: 'it did not answer' };
const move = {
  kind: 'count',
  seconds: 5,
  name: 'r1-3',
  query: { QueryString: 'select 1' },
  counted: { phase: 'canary' },
};
const bindings = {
  variables: {
    lead,
    turn: 3,
    stranded: 1,
    news: { kind: 'failure', ...failure },
    failure,
    request: { ...lead },
    move: { ...move, replay: lead, rollout: lead },
  },
  states: {
    input: { ...lead, cause: 'x' },
    context: { StateMachine: { Id: 'arn:machine' }, Task: { Token: 't' } },
    result: { Payload: lead },
    errorOutput: { Error: 'UnavailableError', Cause: 'it did not answer' },
  },
};

it.each(sources.filter((source) => twinOf(source) !== null))('says the same as JSONata: %s', async (source) => {
  expect(twinOf(source)?.(bindings)).toEqual(await evaluate(`{% ${source} %}`, bindings, 'field'));
});

it('says most of them, so that a simulation is quick', () => {
  const unsaid = sources.filter((source) => twinOf(source) === null);
  expect(unsaid.length).toBeLessThan(sources.length / 4);
});
