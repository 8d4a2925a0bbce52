import { startFakeCircleCi } from '../testing/fake-circleci.js';
import { describePlatformContract } from '../testing/platform-contract.js';
import { circleci } from './circleci.js';

describePlatformContract(circleci, startFakeCircleCi);
