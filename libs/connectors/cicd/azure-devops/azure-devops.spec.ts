import { describePlatformContract } from '../testing/platform-contract.js';
import { startFakeAzureDevOps } from '../testing/fake-azure-devops.js';
import { azureDevOps } from './azure-devops.js';

describePlatformContract(azureDevOps, () => startFakeAzureDevOps());
