/**
 * Cuts what connectors use out of the published descriptions:
 *
 *     node test/cicd/openapi/cut.mjs <folder of the published files>
 *
 * README.md says where they come from. Texts for people are left out, versions of before 3 become 3, and what Azure keeps in
 * several files becomes one. Plain JavaScript: nothing else needs it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PARTS = new Map([
  ['github', { files: ['github'], prefix: '', security: { token: { type: 'http', scheme: 'bearer' } } }],
  [
    'azure',
    {
      files: ['azure-pipelines', 'azure-build', 'azure-git', 'azure-core'],
      prefix: '',
      security: { token: { type: 'http', scheme: 'basic' } },
    },
  ],
  [
    'circleci',
    {
      files: ['circleci'],
      prefix: '/api/v2',
      security: { token: { type: 'apiKey', name: 'Circle-Token', in: 'header' } },
    },
  ],
]);
/** Where a description is narrower than what the platform documents beside it. */
const AMENDMENTS = {
  github(document) {
    // "Search syntax for dates", which is more than one moment.
    for (const operations of Object.values(document.paths))
      for (const parameter of operations.get?.parameters ?? []) widenCreated(parameter);
    widenCreated(document.components.parameters.created);
    // A path is several parts.
    const contents = '/repos/{owner}/{repo}/contents/';
    const { [`${contents}{path}`]: whole, ...paths } = document.paths;
    const parts = ['first', 'second', 'third'];
    const parted = parts.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
    const { parameters, ...get } = whole.get;
    const others = parameters.filter(({ name }) => name !== 'path');
    paths[contents + parts.map((name) => `{${name}}`).join('/')] = {
      get: { ...get, parameters: [...others, ...parted] },
    };
    // It asks for this type to be wished for, and answers with it.
    const answers = Object.values(paths).flatMap(listAnswers);
    for (const answer of [...answers, ...Object.values(document.components.responses)]) {
      const { 'application/json': json, ...others } = answer.content ?? {};
      if (json !== undefined) answer.content = { 'application/vnd.github+json': json, ...others };
    }
    return { ...document, paths };
  },
  azure(document) {
    const timeline = '/{organization}/{project}/_apis/build/builds/{buildId}/timeline';
    const {
      [`${timeline}/{timelineId}`]: { get },
      ...paths
    } = document.paths;
    // Without an id, it is the one of the build.
    const parameters = get.parameters.filter(({ name }) => name !== 'timelineId');
    paths[timeline] = { get: { ...get, parameters } };
    // One artifact, by its name, is a variant of their list (`x-ms-paths`); with `$format=zip` it is the archive.
    const artifacts = '/{organization}/{project}/_apis/build/builds/{buildId}/artifacts';
    const archive = { schema: { type: 'string', format: 'binary' } };
    Object.assign(paths[artifacts].get.responses['200'].content, { 'application/zip': archive });
    // Lists come in an object that counts them.
    for (const answer of Object.values(paths).flatMap(listAnswers))
      for (const content of Object.values(answer.content ?? {})) {
        const { schema } = content;
        if (schema.type !== 'array') continue;
        const properties = { count: { type: 'integer' }, value: schema };
        content.schema = { type: 'object', required: ['value'], properties };
      }
    return { ...document, paths };
  },
  circleci: (document) => document,
};
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const [, , folder] = process.argv;
for (const [platform, part] of PARTS) write(platform, AMENDMENTS[platform](cut(platform, part)));

function listAnswers(operations) {
  return METHODS.flatMap((method) => Object.values(operations[method]?.responses ?? {}));
}

function widenCreated(parameter) {
  if (parameter?.name === 'created') delete parameter.schema.format;
}

function cut(platform, { files, prefix, security }) {
  const wanted = readWanted(platform);
  const found = { paths: {}, components: { securitySchemes: security } };
  let info;
  for (const file of files) {
    const text = readFileSync(join(folder, `${file}.json`), 'utf8').replace(/^\uFEFF/, '');
    const document = modernize(JSON.parse(text), files.length > 1 ? `${file}.` : '');
    info ??= { title: document.info.title, version: document.info.version, license: document.info.license };
    for (const [path, operations] of Object.entries(document.paths)) {
      const methods = METHODS.filter((method) => wanted.delete(`${method} ${path}`));
      if (methods.length === 0) continue;
      const kept = methods.map((method) => [method, { ...operations[method], security: undefined }]);
      const { parameters = [] } = operations;
      found.paths[prefix + path] = strip({ parameters, ...Object.fromEntries(kept) });
    }
    keepReferred(found, document);
  }
  if (wanted.size > 0) throw new Error(`${platform} does not publish ${[...wanted].join(', ')}`);
  const document = { openapi: '3.0.3', info: { ...info, description: 'A part; see README.md.' }, ...found };
  return { ...document, security: Object.keys(security).map((name) => ({ [name]: [] })) };
}

/** A request on a line: its method and path. */
function readWanted(platform) {
  const lines = readFileSync(new URL(`${platform}.operations`, import.meta.url), 'utf8').split('\n');
  return new Set(lines.map((line) => line.trim()).filter((line) => line !== ''));
}

/** What is referred to from what is kept, and from that in turn. */
function keepReferred(found, document) {
  const open = [found.paths];
  while (open.length > 0) {
    for (const reference of referencesIn(open.pop())) {
      const [kind, name] = reference.split('/').slice(2);
      const component = document.components?.[kind]?.[name];
      if (component === undefined || found.components[kind]?.[name] !== undefined) continue;
      found.components[kind] ??= {};
      found.components[kind][name] = strip(component);
      open.push(found.components[kind][name]);
    }
  }
}

function referencesIn(value) {
  if (typeof value !== 'object' || value === null) return [];
  const own = typeof value.$ref === 'string' ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}

/** Without texts for people and what other tools add; an answer must have its text. */
function strip(value, within = '') {
  if (Array.isArray(value)) return value.map((item) => strip(item, within));
  if (typeof value !== 'object' || value === null) return value;
  if (/^(example|examples|default|enum)$/.test(within)) return value;
  const isAnswer = 'content' in value || ('description' in value && !('type' in value) && !('in' in value));
  const kept = Object.entries(value)
    .filter(([name, held]) => within === 'properties' || !isText(name, held))
    .map(([name, held]) => [name, strip(held, name)]);
  const described = isAnswer && typeof value.description === 'string' && !('$ref' in value);
  return { ...(described ? { description: '' } : {}), ...Object.fromEntries(kept) };
}

function isText(name, held) {
  return (
    name.startsWith('x-') ||
    ['externalDocs', 'tags', 'summary', 'callbacks'].includes(name) ||
    (name === 'description' && typeof held === 'string')
  );
}

/** OpenAPI 3 of Swagger 2, as far as these documents use it; names of schemas get the prefix. */
function modernize(document, prefix) {
  if (document.openapi !== undefined) return document;
  const { definitions, parameters = {}, paths, info } = rename(document, prefix);
  const modern = Object.entries(paths).map(([path, operations]) => [
    path,
    Object.fromEntries(
      METHODS.filter((method) => operations[method] !== undefined).map((method) => [
        method,
        modernizeOperation(operations[method], parameters),
      ]),
    ),
  ]);
  const schemas = Object.entries(definitions).map(([name, schema]) => [prefix + name, schema]);
  return { info, paths: Object.fromEntries(modern), components: { schemas: Object.fromEntries(schemas) } };
}

function rename(value, prefix) {
  const text = JSON.stringify(value);
  return JSON.parse(text.replaceAll('"#/definitions/', `"#/components/schemas/${prefix}`));
}

function modernizeOperation({ parameters = [], responses, consumes, produces, operationId }, shared) {
  const given = parameters.map((each) => (each.$ref ? shared[each.$ref.split('/').at(-1)] : each));
  const body = given.find((each) => each.in === 'body');
  const [consumed = 'application/json'] = consumes ?? [];
  return {
    operationId,
    parameters: given
      .filter((each) => each.in !== 'body')
      .map(({ name, in: place, required, type, format, enum: values, items }) => ({
        ...{ name, in: place, required },
        schema: { type, format, enum: values, items },
        ...(type === 'array' ? { style: 'form', explode: false } : {}),
      })),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [consumed]: { schema: body.schema } } } }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, { schema }]) => [
        status,
        {
          description: '',
          ...(schema === undefined ? {} : { content: contentOf(produces ?? ['application/json'], schema) }),
        },
      ]),
    ),
  };
}

function contentOf(types, schema) {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

function write(platform, document) {
  writeFileSync(new URL(`${platform}.json`, import.meta.url), `${JSON.stringify(document, undefined, 1)}\n`);
}
