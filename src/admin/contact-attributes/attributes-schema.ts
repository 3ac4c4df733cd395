import { type DataSchema, dataSchemaShape, type JsonObject } from '@workflows/core';
import { badRequest } from '../../problems/refusal.js';

/** As `contact.update` names them: `attributes.city`. */
const NAME = /^[a-z][a-zA-Z0-9_]{0,63}$/;

/** The schema of attributes as the body gives it. Refuses what no contact could have. */
export function attributesSchema(given: JsonObject): DataSchema {
  const parsed = dataSchemaShape.safeParse(given);
  if (!parsed.success) {
    throw refusal(parsed.error.issues.map(({ path, message }) => entry(['schema', ...path.map(String)], `${message}.`)));
  }
  const { type, properties = {}, required = [] } = parsed.data;
  const problems = [
    ...(type === 'object' ? [] : [entry(['schema', 'type'], 'Attributes are an object. Write "type": "object".')]),
    ...(required.length === 0
      ? []
      : [entry(['schema', 'required'], 'A contact begins without attributes, so none can be required. Remove "required".')]),
    ...Object.keys(properties)
      .filter((name) => !NAME.test(name))
      .map((name) =>
        entry(
          ['schema', 'properties', name],
          'The name has another form. Use up to 64 letters, digits and "_", starting with a small letter.',
        ),
      ),
  ];
  if (problems.length > 0) throw refusal(problems);
  return parsed.data;
}

function refusal(problems: ReturnType<typeof entry>[]) {
  return badRequest('schema does not describe the attributes of a contact; see errors.', problems);
}

function entry(path: string[], message: string) {
  return { path: `/${path.join('/')}`, code: 'shape.invalid', message };
}
