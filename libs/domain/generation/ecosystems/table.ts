import type { Ecosystem, EcosystemName } from '../project.js';
import { container } from './container.js';
import { dotnet } from './dotnet.js';
import { go } from './go.js';
import { helm } from './helm.js';
import { java } from './java.js';
import { kubernetes } from './kubernetes.js';
import { make } from './make.js';
import { node } from './node.js';
import { python } from './python.js';
import { rust } from './rust.js';
import { terraform } from './terraform.js';

/** Everything that is recognised, in the order in which projects of one folder are told. */
export const ECOSYSTEMS: Readonly<Record<EcosystemName, Ecosystem>> = {
  node,
  python,
  go,
  java,
  rust,
  dotnet,
  container,
  terraform,
  kubernetes,
  helm,
  make,
};
