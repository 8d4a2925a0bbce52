import { getWorkflow } from './jobs.js';
import { stateOf } from './states.js';

/** @import { LogSegment } from 'sluice/cicd/http/log-segments.js' */
/** @import { LogPart } from 'sluice/cicd/platform.js' */
/** @import { PluginKit } from 'sluice/cicd/plugins/plugin.js' */
/** @import { ExecutionReference } from 'sluice/contracts/cicd/execution.js' */
/** @import { Server } from './server.js' */

/** Far more than a server keeps of a step. */
const MOST_BYTES = 8 * 1024 ** 3;
/** Of one line, as it comes. */
const MOST_LINE = 16 * 1024 * 1024;
/** What a line is: standard output, and standard error. */
const TEXTS = [0, 1];

/**
 * The logs of the steps of a workflow, one after the other; services, which last as long as it does, come at the end.
 * @param {Server} server
 * @param {ExecutionReference} reference
 * @param {string} job
 * @param {number} offset
 * @returns {Promise<LogPart>}
 */
export async function readLog(server, reference, job, offset) {
  const { kit, connection } = server;
  const { workflow, repository } = await getWorkflow(server, reference, job);
  const complete = kit.isOver(stateOf(workflow.text('state')));
  const children = workflow.findList('children');
  const isService = (/** @type {typeof workflow} */ step) => step.findText('type') === 'service';
  const inOrder = [...children.filter((step) => !isService(step)), ...children.filter(isService)];
  const segments = inOrder.map((step) => {
    const id = step.id('id');
    const isOver = complete || kit.isOver(stateOf(step.text('state')));
    const hasBegun = server.findMoment(step, 'started') !== undefined;
    return /** @type {LogSegment<undefined>} */ ({
      id: `${repository.id}/${reference.id}/${id}`,
      complete: isOver,
      open: async () => ({
        fromMark: false,
        bytes: hasBegun ? await openLog(server, reference, id) : readNothing(),
        mark: () => undefined,
      }),
    });
  });
  return { bytes: kit.readSegments(segments, offset, connection.memory), complete };
}

/**
 * @param {Server} server
 * @param {ExecutionReference} reference
 * @param {string} step
 */
async function openLog(server, { project, id }, step) {
  const request = {
    path: `/logs/${id}/${step}`,
    subject: `log of step ${step} of pipeline ${id} of ${project}`,
  };
  const body = await server.stream(project, request, MOST_BYTES);
  return body === undefined ? readNothing() : readLines(server.kit, body);
}

/**
 * The lines of a list `[{"line":0,"data":"…base64…",…},…]`, which is never held as a whole: none of its objects has a brace
 * within.
 * @param {PluginKit} kit
 * @param {AsyncIterable<Uint8Array>} body
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* readLines(kit, body) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of body) {
    const text = rest + decoder.decode(part, { stream: true });
    const lines = [];
    let from = 0;
    for (let end = text.indexOf('}'); end !== -1; end = text.indexOf('}', from)) {
      lines.push(...readLine(kit, text.slice(text.indexOf('{', from), end + 1)));
      from = end + 1;
    }
    rest = text.slice(from);
    if (rest.length > MOST_LINE) readLine(kit, rest);
    if (lines.length > 0) yield Buffer.concat(lines);
  }
}

/**
 * What is none is refused as an answer that does not fit: `platform-answer-invalid`.
 * @param {PluginKit} kit
 * @param {string} text
 */
function readLine(kit, text) {
  const line = new kit.Answer(parse(text), 'a line of the log');
  if (!TEXTS.includes(line.findNumber('type') ?? 0)) return [];
  return [Buffer.from(line.findText('data') ?? '', 'base64'), NEWLINE];
}

const NEWLINE = Buffer.from('\n');

/**
 * @param {string} text
 * @returns {unknown}
 */
function parse(text) {
  try {
    return text.length > MOST_LINE ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns {AsyncGenerator<Uint8Array>} */
async function* readNothing() {}
