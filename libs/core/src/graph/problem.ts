/** One finding of the compiler. All findings come at once, so that an author mends a document in one go. */
export interface Problem {
  /** JSON Pointer into the document. */
  path: string;
  /** Family and name, as in `ref.unknown_field` (language, section 8). */
  code: string;
  severity: 'error' | 'warning';
  /** What is wrong, naming the field. */
  message: string;
  /** What to do about it. */
  hint?: string;
  /** Offsets of the finding in the string that `path` names, which for a text may hold several expressions. */
  range?: [number, number];
  /** The trigger for which it holds, where it depends on one. */
  trigger?: string;
}
