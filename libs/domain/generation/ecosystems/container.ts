import { because, type Ecosystem, type Part, type Project, type Task } from '../project.js';
import { evidenceOf, folderOf, nameOf, type Repository } from '../repository.js';

export const container: Ecosystem = {
  title: 'Containers',
  recognises: [
    {
      files: '`Dockerfile`, `Containerfile`, `Dockerfile.*`, `*.Dockerfile`',
      pattern: /(^|\/)((Docker|Container)file(\.[\w-]+)?|[\w-]+\.Dockerfile)$/,
      leadsTo: '`docker build` in its folder, once the project there is whole; nothing is pushed.',
      read: true,
    },
    {
      files: '`compose.yaml`, `docker-compose.yml` and the like',
      pattern: /(^|\/)(docker-)?compose([.-][\w-]+)?\.ya?ml$/,
      leadsTo: '`docker compose config --quiet`.',
      read: true,
    },
  ],
  detect: detectContainers,
  classify,
};

const DOCKERFILE = /^((Docker|Container)file(\.[\w-]+)?|[\w-]+\.Dockerfile)$/;
const COMPOSE = /^(docker-)?compose([.-][\w-]+)?\.ya?ml$/;

function detectContainers(repository: Repository): readonly Project[] {
  const files = [...repository.named(DOCKERFILE), ...repository.named(COMPOSE)].filter(
    (file) => !/\.dockerignore$/.test(file),
  );
  const folders = [...new Set(files.map(folderOf))];
  return folders.map((folder) => {
    const own = files.filter((file) => folderOf(file) === folder);
    return {
      ecosystem: 'container',
      directory: folder,
      title: `container files of ${folder || 'the root'}`,
      why: because('certain', 'Containers are built or composed here.', ...own.map((file) => ({ file }))),
      parts: own.map((file) =>
        COMPOSE.test(nameOf(file)) ? composePart(file, repository) : buildPart(file, folder, repository),
      ),
      // The image is built of what lies beside it.
      dependsOn: [folder],
    };
  });
}

function buildPart(file: string, folder: string, repository: Repository): Part {
  const name = nameOf(file);
  const variant = /^(?:Docker|Container)file\.(.+)$/.exec(name)?.[1] ?? /^(.+)\.Dockerfile$/.exec(name)?.[1];
  const image = [nameOf(folder) || repository.facts.name, variant]
    .filter((each) => each !== undefined)
    .join('-');
  const tag =
    image
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 100) || 'image';
  return {
    task: 'package',
    run: ['docker', 'build', '--file', `./${name}`, '--tag', `${tag}:sluice`, '.'],
    network: true,
    why: because(
      'likely',
      'Builds the image, of the folder that the file lies in, and pushes nothing. It needs docker on the worker.',
      evidenceOf(repository, file, /^FROM\s/im),
    ),
  };
}

function composePart(file: string, repository: Repository): Part {
  return {
    task: 'validate',
    run: ['docker', 'compose', '--file', `./${nameOf(file)}`, 'config', '--quiet'],
    why: because(
      'likely',
      'Checks that the file of compose can be read; starts nothing.',
      evidenceOf(repository, file, /^services:/m),
    ),
  };
}

function classify(words: readonly string[]): Task | undefined {
  const text = words.join(' ');
  if (/^(docker|podman) (buildx )?build\b/.test(text) && !/--push\b/.test(text)) return 'package';
  return /^docker compose .*\bconfig\b/.test(text) ? 'validate' : undefined;
}
