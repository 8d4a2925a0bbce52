import type { Cache, Flow, Step } from '../pipeline.js';
import { lookUp } from '../reading/look-up.js';
import { isComputed, readTask } from '../reading/references.js';
import type { Value } from '../reading/value.js';
import type { Templates } from './templates.js';

export interface StepsRead {
  readonly steps: Step[];
  readonly caches: Cache[];
  readonly artifacts: string[];
  readonly gives: Flow[];
  readonly takes: Flow[];
}

const SCRIPTS = ['script', 'bash', 'powershell', 'pwsh'];

/** What the tools of a task are called on a command line, and where it keeps their verb. */
const TOOLS: Readonly<Record<string, readonly [program: string, setting: string, initial: string]>> = {
  'Npm@1': ['npm', 'command', 'install'],
  'DotNetCoreCLI@2': ['dotnet', 'command', 'build'],
  'Maven@3': ['mvn', 'goals', 'package'],
  'Maven@4': ['mvn', 'goals', 'package'],
  'Gradle@2': ['gradle', 'tasks', 'build'],
  'Gradle@3': ['gradle', 'tasks', 'build'],
};

export function readSteps(list: Value, file: string, templates: Templates): StepsRead {
  const read: StepsRead = { steps: [], caches: [], artifacts: [], gives: [], takes: [] };
  addSteps(list, file, templates, read);
  return read;
}

function addSteps(list: Value, file: string, templates: Templates, read: StepsRead): void {
  for (const step of list.items) {
    templates.reading.spend(1, step.place);
    if (step.get('template').text !== undefined) {
      templates.enter(step, file, (root, target) => addSteps(root.get('steps'), target, templates, read));
      continue;
    }
    const script = SCRIPTS.map((key) => step.get(key)).find(({ text }) => text !== undefined);
    if (script?.text !== undefined) addScript(step, script, read);
    else if (step.get('task').text !== undefined) addTask(step, read);
    else addWord(step, read);
  }
}

function addScript(step: Value, script: Value, read: StepsRead): void {
  const directory = step.get('workingDirectory').text;
  const environment = step.get('env').record;
  read.steps.push({
    ...titled(step),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    command: {
      text: script.text!,
      place: script.textPlace,
      ...(directory === undefined ? {} : { directory: withoutRoot(directory) }),
    },
  });
}

function titled(step: Value): Pick<Step, 'name' | 'place'> {
  const name = step.get('displayName').text;
  return { place: step.place, ...(name === undefined ? {} : { name }) };
}

/** The folder of the sources is where scripts start. */
function withoutRoot(directory: string): string {
  return directory.replace(/^\$\((Build\.SourcesDirectory|System\.DefaultWorkingDirectory)\)\/?/, '') || '.';
}

function addTask(step: Value, read: StepsRead): void {
  const task = step.get('task');
  const inputs = step.get('inputs');
  const given = inputs.record;
  const text = task.text!;
  read.steps.push({
    ...titled(step),
    use: readTask(text, task.place),
    ...(Object.keys(given).length === 0 ? {} : { with: given }),
  });
  const bare = text.replace(/@.*$/, '');
  const named = (keys: readonly string[]): Flow => {
    const name = keys.map((key) => given[key]).find((each) => each !== undefined);
    return name === undefined || isComputed(name) ? { kind: 'artifact' } : { kind: 'artifact', name };
  };
  if (bare === 'Cache') read.caches.push({ key: given['key'] ?? '', place: step.place });
  else if (/^Publish(Pipeline|Build)Artifacts?$/.test(bare)) {
    const flow = named(['artifact', 'artifactName', 'ArtifactName']);
    read.artifacts.push(flow.name ?? 'drop');
    read.gives.push(flow);
  } else if (/^Download(Pipeline|Build)Artifacts?$/.test(bare))
    read.takes.push(named(['artifact', 'artifactName', 'ArtifactName']));
  const [program, setting, initial] = lookUp(TOOLS, text) ?? [];
  if (program === undefined || setting === undefined) return;
  const folder = given['workingDir'] ?? given['workingDirectory'];
  const words = [program, given[setting] ?? initial, given['projects'] ?? '', given['arguments'] ?? ''];
  read.steps.push({
    ...titled(step),
    command: {
      text: words.filter((each) => each !== '').join(' '),
      place: task.place,
      ...(folder === undefined ? {} : { directory: withoutRoot(folder) }),
    },
  });
}

/** `publish`, `download` and `checkout` are short for tasks. */
function addWord(step: Value, read: StepsRead): void {
  const publish = step.get('publish');
  const download = step.get('download');
  const artifact = step.get('artifact').text;
  const flow: Flow =
    artifact === undefined || isComputed(artifact)
      ? { kind: 'artifact' }
      : { kind: 'artifact', name: artifact };
  if (publish.exists) {
    read.artifacts.push(artifact ?? 'drop');
    read.gives.push(flow);
  } else if (download.exists && download.text !== 'none') read.takes.push(flow);
  const word = ['checkout', 'publish', 'download'].find((key) => step.get(key).exists);
  if (word === undefined) return;
  const { place } = step;
  read.steps.push({
    place,
    use: { kind: 'task', name: word, pinning: 'fixed', place },
    with: step.record,
  });
}
