import { applyEdits, modify, parse, type ParseError, parseTree } from "jsonc-parser";

/** Values by the names of variables. */
type Values = Record<string, unknown>;

/** Texts of JSON, as editors and files have them. */
interface Texts {
  /** The variables of a tab. */
  variables: string;
  /** Those of its example, null where an operation finds the value. */
  example: string;
  answer: string;
  /** The values that were filled in before, or an empty text. */
  filled: string;
}

/**
 * Fill in the variables that are null in the example and that the answer has in a field of the same name, of several the
 * first that is not null. Values that a person has written stay, and those filled in before are replaced.
 */
export function fillVariables({ variables, example, answer, filled }: Texts): Pick<Texts, "variables" | "filled"> {
  const before = valuesOf(filled);
  const found = foundIn(answer, valuesOf(example));
  return {
    variables: isObject(variables) ? withValues(variables, found, before) : variables,
    filled: JSON.stringify({ ...before, ...found }),
  };
}

function foundIn(answer: string, example: Values): Values {
  const fields = fieldsOf(parse(answer)).filter(([name, value]) => value !== null && example[name] === null);
  return Object.fromEntries(fields.reverse()); // of the same names the last one counts
}

/** Edit the text, so that its lines and comments stay. */
function withValues(variables: string, found: Values, before: Values): string {
  const current = valuesOf(variables);
  const isFree = (name: string) => (current[name] ?? null) === null || current[name] === before[name];
  return Object.entries(found)
    .filter(([name]) => isFree(name))
    .reduce((text, [name, value]) => applyEdits(text, modify(text, [name], value, {})), variables);
}

/** Return the name and value of every field, at any depth, in their order. */
function fieldsOf(value: unknown): [string, unknown][] {
  return Object.entries(valuesIn(value)).flatMap(([name, inner]) => [[name, inner], ...fieldsOf(inner)]);
}

/** Whether a text is an object, or empty, as GraphiQL takes it. */
function isObject(text: string): boolean {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  return errors.length === 0 && (root === undefined || root.type === "object");
}

function valuesOf(json: string): Values {
  return valuesIn(parse(json));
}

function valuesIn(value: unknown): Values {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
