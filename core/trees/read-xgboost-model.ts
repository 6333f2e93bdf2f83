import { decodeUbjson } from './decode-ubjson.ts';
import { corruptModel, UnsupportedModelError } from './model-file-error.ts';
import { ModelNode } from './model-node.ts';
import { parseXgboostModel } from './parse-xgboost-model.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';

const OPENING_BRACE = 0x7b;
/** What may follow the opening brace in text: white space, a quote or the closing brace. */
const TEXT_AFTER_BRACE: readonly number[] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x7d];

/**
 * Reads a model file in either format that XGBoost writes, JSON or UBJSON, told apart by their first bytes.
 *
 * @param decodeUtf8 decoder of the platform; only used for JSON
 */
export function readXgboostModel(bytes: Uint8Array, decodeUtf8: (bytes: Uint8Array) => string): TreeEnsemble {
  return parseXgboostModel(readDocument(bytes, decodeUtf8));
}

/** What a model file says of itself, whatever its booster and objective are. */
export interface XgboostModelHead {
  readonly booster: string;
  readonly objective: string;
  readonly featureCount: number;
}

/**
 * Reads the file whole and what it says of itself; for models that this scorer knows, also everything else.
 *
 * @throws CorruptDataError for bytes that are no model file, or contradict themselves
 */
export function readXgboostModelHead(
  bytes: Uint8Array,
  decodeUtf8: (bytes: Uint8Array) => string,
): XgboostModelHead & { readonly isKnown: boolean } {
  const document = readDocument(bytes, decodeUtf8);
  const learner = new ModelNode('model', document).child('learner');
  const head = {
    booster: learner.child('gradient_booster').text('name'),
    objective: learner.child('objective').text('name'),
    featureCount: learner.child('learner_model_param').count('num_feature'),
  };
  return { ...head, isKnown: parses(document) };
}

function parses(document: unknown): boolean {
  try {
    parseXgboostModel(document);
    return true;
  } catch (error) {
    if (error instanceof UnsupportedModelError) return false;
    throw error;
  }
}

function readDocument(bytes: Uint8Array, decodeUtf8: (bytes: Uint8Array) => string): unknown {
  if (bytes[0] !== OPENING_BRACE) {
    throw corruptModel('byte 0', 'does not open an object; XGBoost writes JSON or UBJSON, and pickles are refused');
  }
  if (!TEXT_AFTER_BRACE.includes(bytes[1] ?? 0)) return decodeUbjson(bytes);
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch (cause) {
    throw corruptModel('the file', `is not JSON (${String(cause)})`);
  }
}
