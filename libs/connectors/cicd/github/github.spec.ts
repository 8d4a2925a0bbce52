import { startFakeGitHub } from '../testing/fake-github.js';
import { describePlatformContract } from '../testing/platform-contract.js';
import { github } from './github.js';

describePlatformContract(github, () => startFakeGitHub());
