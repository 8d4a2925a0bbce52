import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProjectRoot } from '../../../libs/host/project-root.js';

const LAUNCHER = 'test/servers/hudson/Launcher.java';
const READY_MS = 120_000;
const USER = 'ci';

/** Java's own parts that Hudson reaches into, which a Java of today keeps closed. */
const OPENED = [
  ...[
    'lang',
    'lang.ref',
    'lang.reflect',
    'util',
    'util.concurrent',
    'util.concurrent.atomic',
    'text',
    'io',
    'net',
    'nio',
  ].map((name) => `java.base/java.${name}`),
  ...['awt.font', 'beans'].map((name) => `java.desktop/java.${name}`),
];

/** What it would tell the network of itself, and how it ends builds on a Java of today. */
const PROPERTIES = {
  'hudson.DNSMultiCast.disabled': true,
  'hudson.model.UpdateCenter.never': true,
  'hudson.udp': 0,
  'hudson.util.ProcessTree.disable': true,
  'java.awt.headless': true,
};

/** A Hudson of its own, in a temporary folder and on the loopback interface alone; only its user may change anything. */
export class Hudson {
  readonly username = USER;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
    readonly password: string,
  ) {}

  static async start(war: string): Promise<Hudson> {
    const folder = await mkdtemp(join(tmpdir(), 'hudson-'));
    const password = randomBytes(12).toString('hex');
    await layHome(folder, password);
    const child = spawn(
      'java',
      [
        ...OPENED.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
        ...Object.entries({ ...PROPERTIES, 'java.io.tmpdir': join(folder, 'tmp') }).map(
          ([name, value]) => `-D${name}=${value}`,
        ),
        ...[join(findProjectRoot(), LAUNCHER), war],
        ...['--httpPort=0', '--httpListenAddress=127.0.0.1', '--skipInitSetup'],
      ],
      { env: { ...process.env, HUDSON_HOME: folder }, stdio: ['pipe', 'pipe', 'pipe'] },
    );
    const url = await untilReady(child);
    return new Hudson(child, folder, url, password);
  }

  /** A job of one script, which takes parameters and may keep files. */
  async createJob(name: string, job: JobWish): Promise<void> {
    const response = await this.send('POST', `/createItem?name=${encodeURIComponent(name)}`, writeJob(job));
    if (!response.ok) throw new Error(`createItem answered ${response.status}: ${await response.text()}`);
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const end = once(this.child, 'exit');
      this.child.stdin?.end();
      await end;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private send(method: string, path: string, body: string): Promise<Response> {
    const credentials = Buffer.from(`${USER}:${this.password}`).toString('base64');
    const headers = { authorization: `Basic ${credentials}`, 'content-type': 'application/xml' };
    return fetch(this.url + path, { method, headers, body });
  }
}

export interface JobWish {
  /** Of sh; parameters are variables of it. */
  readonly script: string;
  /** Texts, with what they are when they are not given. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Patterns of files. */
  readonly artifacts?: string;
}

/** Of its log; it has not said everything when it listens. */
async function untilReady(child: ChildProcess): Promise<string> {
  let printed = '';
  let url: string | undefined;
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      child.kill('SIGKILL');
      reject(new Error(`Hudson ${why}:\n${printed.slice(-5_000)}`));
    };
    const timer = setTimeout(() => fail('does not get ready'), READY_MS);
    child.once('error', (error) => fail(error.message)).once('exit', () => fail('ended'));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        if (url !== undefined && printed === '') return;
        printed += text;
        const port = /Started ServerConnector.*\{127\.0\.0\.1:(\d+)\}/.exec(printed)?.[1];
        if (port !== undefined) url = `http://127.0.0.1:${port}`;
        if (url === undefined || !printed.includes('Hudson is ready')) return;
        clearTimeout(timer);
        child.removeAllListeners('exit');
        printed = '';
        resolve(url);
      });
    }
  });
}

async function layHome(folder: string, password: string): Promise<void> {
  const salt = randomBytes(4).toString('hex');
  const hash = createHash('sha256').update(`${password}{${salt}}`).digest('hex');
  const details = 'hudson.security.HudsonPrivateSecurityRealm_-Details';
  await mkdir(join(folder, 'tmp'));
  await mkdir(join(folder, 'users', USER), { recursive: true });
  await writeXml(
    folder,
    'config.xml',
    '<hudson><numExecutors>2</numExecutors><quietPeriod>0</quietPeriod></hudson>',
  );
  await writeXml(
    folder,
    'hudson-security.xml',
    `<hudsonSecurityManager>
  <useSecurity>true</useSecurity>
  <slaveAgentPort>-1</slaveAgentPort>
  <authorizationStrategy class="hudson.security.FullControlOnceLoggedInAuthorizationStrategy"/>
  <securityRealm class="hudson.security.HudsonPrivateSecurityRealm"><disableSignup>true</disableSignup></securityRealm>
</hudsonSecurityManager>`,
  );
  await writeXml(
    join(folder, 'users', USER),
    'config.xml',
    `<user><fullName>${USER}</fullName><properties>
  <${details}><passwordHash>${salt}:${hash}</passwordHash></${details}>
</properties></user>`,
  );
}

function writeXml(folder: string, name: string, xml: string): Promise<void> {
  return writeFile(join(folder, name), `<?xml version='1.0' encoding='UTF-8'?>\n${xml}\n`);
}

function writeJob({ script, parameters, artifacts }: JobWish): string {
  const definitions = Object.entries(parameters).map(
    ([name, value]) =>
      `<hudson.model.StringParameterDefinition><name>${name}</name><defaultValue>${escapeXml(value)}</defaultValue></hudson.model.StringParameterDefinition>`,
  );
  const archiver =
    artifacts === undefined
      ? ''
      : `<hudson.tasks.ArtifactArchiver><artifacts>${escapeXml(artifacts)}</artifacts></hudson.tasks.ArtifactArchiver>`;
  return `<?xml version='1.0' encoding='UTF-8'?>
<project>
  <properties>
    <hudson.model.ParametersDefinitionProperty>
      <parameterDefinitions>${definitions.join('')}</parameterDefinitions>
    </hudson.model.ParametersDefinitionProperty>
  </properties>
  <scm class="hudson.scm.NullSCM"/>
  <canRoam>true</canRoam>
  <concurrentBuild>true</concurrentBuild>
  <triggers class="vector"/>
  <builders><hudson.tasks.Shell><command>${escapeXml(script)}</command></hudson.tasks.Shell></builders>
  <publishers>${archiver}</publishers>
  <buildWrappers/>
</project>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
