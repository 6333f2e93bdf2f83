import type { PredictResponse } from '../../contracts/api/predictions.ts';
import { ApiError } from '../api/api-failure.ts';
import { UsageError } from '../cli-error.ts';
import { numberText, shortId } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { VerbContext } from './verb-context.ts';

type Entities = Readonly<Record<string, string | number>>;
export type EntityPrediction = Extract<PredictResponse, { readonly prediction: unknown }>;

/** `key=value` pairs as entities; every value is text until the platform says that its key is a number. */
export function entitiesOf(pairs: readonly string[]): Entities {
  const entities: Record<string, string> = {};
  for (const pair of pairs) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (key === undefined || value === undefined) {
      throw new UsageError(`"${pair}" is not key=value`, 'write for example customer_id=C00042');
    }
    if (key in entities) throw new UsageError(`${key} is given twice`);
    entities[key] = value;
  }
  return entities;
}

/** Asks for the prediction of one entity. */
export async function predict(
  { api, terminal }: VerbContext,
  model: string,
  entities: Entities,
): Promise<EntityPrediction> {
  terminal.progress(`asking ${model}`);
  try {
    return await ask(entities);
  } finally {
    terminal.progressEnd();
  }

  async function ask(given: Entities): Promise<EntityPrediction> {
    try {
      return await api.post<EntityPrediction>(`/v1/models/${encodeURIComponent(model)}/predictions`, {
        entities: given,
      });
    } catch (error) {
      const retyped = withNumber(given, error);
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

/** The entities with one more value as a number, when that is what the platform asked for. */
function withNumber(given: Entities, error: unknown): Entities | null {
  if (!(error instanceof ApiError) || error.error.details['allowed'] !== 'int64') return null;
  const key = /^entities\.(.+)$/.exec(String(error.error.details['at']))?.[1] ?? '';
  const value = given[key];
  if (typeof value !== 'string' || !/^-?\d+$/.test(value) || !Number.isSafeInteger(Number(value))) return null;
  return { ...given, [key]: Number(value) };
}
