import { describe, expect, it } from '@jest/globals';
import { type EcosystemName, TASKS, type Task } from '../project.js';
import { ECOSYSTEMS } from './table.js';

/** Commands as jobs have them, and what they do for a project of each kind; nothing where that is not known. */
const COMMANDS: Readonly<
  Record<EcosystemName, readonly (readonly [line: string, task: Task | undefined])[]>
> = {
  node: [
    ['npm ci', 'install'],
    ['yarn --frozen-lockfile', 'install'],
    ['pnpm run lint:fix', 'lint'],
    ['npx tsc --noEmit', 'typecheck'],
    ['node --test', 'test'],
    ['node server.js', undefined],
    ['npm start', undefined],
    ['make test', undefined],
  ],
  python: [
    ['pip install -r requirements.txt', 'install'],
    ['python -m build', 'build'],
    ['build', undefined],
    ['uv run pytest -q', 'test'],
    ['ruff format --check .', 'format'],
    ['python manage.py runserver', undefined],
  ],
  go: [
    ['golangci-lint run ./...', 'lint'],
    ['gofmt -l .', 'format'],
    ['go test ./...', 'test'],
    ['gotestsum --junitfile out.xml', 'test'],
    ['go build ./cmd/app', 'build'],
    ['go vet ./...', 'check'],
    ['go mod download', 'install'],
    ['go generate ./...', undefined],
    ['go', undefined],
    ['gotest ./...', undefined],
  ],
  java: [
    ['mvn -B verify', 'test'],
    ['mvn package -DskipTests', 'build'],
    ['mvn install -Dmaven.test.skip=true', 'build'],
    ['./mvnw test', 'test'],
    ['sh ./gradlew check', 'test'],
    ['gradle assemble', 'build'],
    ['gradle spotlessCheck', 'lint'],
    ['./gradlew bootRun', undefined],
    ['mvn deploy', undefined],
    ['mvn test -DskipTests', undefined],
    ['gradle tasks', undefined],
    ['java -jar app.jar', undefined],
    ['sh', undefined],
  ],
  rust: [
    ['cargo fetch', 'install'],
    ['cargo fmt --check', 'format'],
    ['cargo +nightly clippy', 'lint'],
    ['cargo check', 'check'],
    ['cargo build --release', 'build'],
    ['cargo nextest run', 'test'],
    ['cargo run', undefined],
    ['cargo', undefined],
    ['rustc main.rs', undefined],
  ],
  dotnet: [
    ['dotnet restore', 'install'],
    ['dotnet format --verify-no-changes', 'format'],
    ['dotnet build -c Release', 'build'],
    ['dotnet test', 'test'],
    ['dotnet run', undefined],
    ['dotnet', undefined],
    ['msbuild', undefined],
  ],
  container: [
    ['docker build -t a .', 'package'],
    ['docker buildx build .', 'package'],
    ['podman build .', 'package'],
    ['docker buildx build --push .', undefined],
    ['docker compose -f a.yml config -q', 'validate'],
    ['docker compose up', undefined],
  ],
  terraform: [
    ['terraform fmt -check', 'format'],
    ['terraform -chdir=infra init', 'install'],
    ['tofu validate', 'validate'],
    ['terraform plan', undefined],
    ['terraform', undefined],
    ['terragrunt validate', undefined],
  ],
  kubernetes: [
    ['kubeconform -strict .', 'validate'],
    ['kustomize build overlays/a', 'validate'],
    ['kubectl kustomize .', 'validate'],
    ['kubectl get pods', undefined],
  ],
  helm: [
    ['helm lint .', 'lint'],
    ['helm template .', 'validate'],
    ['helm dependency build', 'install'],
    ['helm dep update', 'install'],
    ['helm list', undefined],
    ['helm', undefined],
    ['helmfile lint', undefined],
  ],
  make: [
    ['make', 'build'],
    ['make deps', 'install'],
    ['make fmt-check', 'format'],
    ['make lint-all', 'lint'],
    ['make verify', 'check'],
    ['make all', 'build'],
    ['make test-unit', 'test'],
    ['make -C docs test', undefined],
    ['make release-notes', undefined],
    ['cmake build', undefined],
  ],
};

describe.each(Object.entries(COMMANDS) as [EcosystemName, (typeof COMMANDS)['go']][])(
  'what a command of a job does for a project of %s',
  (name, commands) => {
    it.each(commands)('%s', (line, task) => {
      expect(ECOSYSTEMS[name].classify(line.split(' '))).toBe(task);
    });

    it.each(['constructor', '__proto__', 'toString'])('a task or nothing, where its verb is `%s`', (word) => {
      const programs = new Set(commands.map(([line]) => line.split(' ')[0]!));
      for (const program of programs)
        expect([undefined, ...TASKS]).toContain(ECOSYSTEMS[name].classify([program, word]));
    });

    it('nothing, where it has no word', () => {
      expect(ECOSYSTEMS[name].classify([])).toBeUndefined();
    });
  },
);

it('a wrapper of Java, whose mode may be lost, is run by sh', () => {
  const { adapt } = ECOSYSTEMS.java;
  const project = { ecosystem: 'java' as const, directory: '', title: '', parts: [], dependsOn: [] };
  const why = { reason: '', evidence: [], confidence: 'guess' as const };
  expect(adapt!(['./gradlew', 'test'], { ...project, why })).toEqual(['sh', './gradlew', 'test']);
  expect(adapt!(['gradle', 'test'], { ...project, why })).toEqual(['gradle', 'test']);
});
