import { answersContract } from './answers-contract.ts';
import { asksContract } from './asks-contract.ts';
import { attachmentsContract } from './attachments-contract.ts';
import { branchesContract } from './branches-contract.ts';
import { checkpointsContract } from './checkpoints-contract.ts';
import type { Databases } from './contract.ts';
import { conversationsContract } from './conversations-contract.ts';
import { databaseContract } from './database-contract.ts';
import { generationsContract } from './generations-contract.ts';
import { instancesContract } from './instances-contract.ts';
import { labContract } from './lab-contract.ts';
import { describeMigrations } from './migrations-contract.ts';
import { modelPullsContract } from './model-pulls-contract.ts';
import { providersContract } from './providers-contract.ts';
import { searchContract } from './search-contract.ts';
import { sharesContract } from './shares-contract.ts';
import { threadsContract } from './threads-contract.ts';
import { tokenLogContract } from './token-log-contract.ts';
import { transfersContract } from './transfers-contract.ts';
import { trashContract } from './trash-contract.ts';

/** What an engine promises: the contract of each noun, and that databases of older versions open. */
export function describeContracts(engine: string, start: () => Promise<Databases>): void {
  conversationsContract(engine, start);
  trashContract(engine, start);
  threadsContract(engine, start);
  branchesContract(engine, start);
  asksContract(engine, start);
  attachmentsContract(engine, start);
  checkpointsContract(engine, start);
  generationsContract(engine, start);
  answersContract(engine, start);
  providersContract(engine, start);
  transfersContract(engine, start);
  searchContract(engine, start);
  sharesContract(engine, start);
  tokenLogContract(engine, start);
  instancesContract(engine, start);
  modelPullsContract(engine, start);
  labContract(engine, start);
  databaseContract(engine, start);
  describeMigrations(engine, start);
}
