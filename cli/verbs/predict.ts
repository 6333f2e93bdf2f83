import type { PredictResponse } from '../../contracts/api/predictions.ts';
import { ApiError } from '../api/api-failure.ts';
import { numberText, shortId } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import { pairsOf, type RequestValues, typedValues } from './request-values.ts';
import type { VerbContext } from './verb-context.ts';

type Entities = Readonly<Record<string, string | number>>;
export type EntityPrediction = Extract<PredictResponse, { readonly prediction: unknown }>;

/** What a prediction is asked about. */
export interface Question {
  readonly entities: Entities;
  /** Request-time values; empty for a model that reads none. */
  readonly context: RequestValues;
}

/** `key=value` pairs of the entity, and of what the request brings. */
export function questionOf(entities: readonly string[], context: readonly string[]): Question {
  return {
    entities: pairsOf(entities, 'customer_id=C00042'),
    context: pairsOf(context, '--context amount=12.50'),
  };
}

/** Asks for the prediction of one entity. Values are sent as text first, and as what the platform then asks for. */
export async function predict(
  { api, terminal }: VerbContext,
  model: string,
  question: Question,
): Promise<EntityPrediction> {
  terminal.progress(`asking ${model}`);
  try {
    return await ask(question);
  } finally {
    terminal.progressEnd();
  }

  async function ask(given: Question): Promise<EntityPrediction> {
    const { entities, context } = given;
    const body = { entities, ...(Object.keys(context).length > 0 && { context }) };
    try {
      return await api.post<EntityPrediction>(`/v1/models/${encodeURIComponent(model)}/predictions`, body);
    } catch (error) {
      const retyped = retypedFor(given, error);
      if (retyped === null) throw error;
      return ask(retyped);
    }
  }
}

export function printPrediction({ terminal }: VerbContext, answer: EntityPrediction): void {
  terminal.json(answer);
  const { colors } = terminal;
  const { score, decision } = answer.prediction;
  const decided = decision === null ? '' : decision ? colors.green('  yes') : '  no';
  terminal.print(`${colors.bold(`${answer.model} ${numberText(score)}`)}${decided}`);
  const rows = Object.entries(answer.features).map(([ref, feature]) => [
    `  ${ref}`,
    feature.value === null
      ? '-'
      : typeof feature.value === 'number'
        ? numberText(feature.value)
        : String(feature.value),
    feature.status,
  ]);
  for (const line of tableLines(['  FEATURE', 'VALUE', 'STATUS'], rows)) terminal.print(line);
  terminal.print(`  prediction ${answer.predictionId} by release ${shortId(answer.releaseId)} (${answer.arm})`);
}

/** The question with values as the platform asked for them; null when that changes nothing. */
function retypedFor({ entities, context }: Question, error: unknown): Question | null {
  if (!(error instanceof ApiError)) return null;
  const { details } = error.error;
  const typed = typedValues(context, details['types']);
  if (typed !== null) return { entities, context: typed };
  const numbered = withNumber(entities, details);
  return numbered === null ? null : { entities: numbered, context };
}

/** The entities with one more value as a number, when that is what the platform asked for. */
function withNumber(given: Entities, details: Readonly<Record<string, unknown>>): Entities | null {
  if (details['allowed'] !== 'int64') return null;
  const key = /^entities\.(.+)$/.exec(String(details['at']))?.[1] ?? '';
  const value = given[key];
  if (typeof value !== 'string' || !/^-?\d+$/.test(value) || !Number.isSafeInteger(Number(value))) return null;
  return { ...given, [key]: Number(value) };
}
