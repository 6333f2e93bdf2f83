import { decodeUbjson } from './decode-ubjson.ts';
import { corruptModel } from './model-file-error.ts';
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
  if (bytes[0] !== OPENING_BRACE) {
    throw corruptModel('byte 0', 'does not open an object; XGBoost writes JSON or UBJSON, and pickles are refused');
  }
  if (!TEXT_AFTER_BRACE.includes(bytes[1] ?? 0)) return parseXgboostModel(decodeUbjson(bytes));
  let document: unknown;
  try {
    document = JSON.parse(decodeUtf8(bytes));
  } catch (cause) {
    throw corruptModel('the file', `is not JSON (${String(cause)})`);
  }
  return parseXgboostModel(document);
}
