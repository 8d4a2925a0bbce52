import { startFakeAzureDevOps } from '../testing/fake-azure-devops.js';
import { describePlatformContract } from '../testing/platform-contract.js';
import { azureDevOps } from './azure-devops.js';

describePlatformContract(azureDevOps, () => startFakeAzureDevOps());
