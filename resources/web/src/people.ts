/** What is asked about people: clients, accounts, the owner's PIN, the audit log. Knows the paths; `relay.ts` asks. */

import type { Account, AccountRole, AuditEntry, Client, Role, Terms } from './wire';

type Request = <Answer>(method: string, path: string, body?: object) => Promise<Answer>;

/** What is changed about a client; what is absent stays. */
export interface ClientPatch {
  readonly name?: string;
  readonly role?: Role;
  readonly terms?: Terms;
}

/** What is changed about an account; another password ends its logins. */
export interface AccountPatch {
  readonly role?: AccountRole;
  readonly terms?: Terms;
  readonly password?: string;
}

export interface NewAccount {
  readonly name: string;
  readonly password: string;
  readonly role: AccountRole;
  readonly terms: Terms;
}

/** Everything here is for owners, and raises RelayError. */
export class People {
  constructor(private readonly request: Request) {}

  /** Return all sessions, of paired clients and of logins. */
  async clients(): Promise<readonly Client[]> {
    return (await this.request<{ clients: Client[] }>('GET', 'clients')).clients;
  }

  /** Change a paired client; a login follows its account. */
  async changeClient(id: string, patch: ClientPatch): Promise<void> {
    await this.request('PATCH', `clients/${encodeURIComponent(id)}`, patch);
  }

  async removeClient(id: string): Promise<void> {
    await this.request('DELETE', `clients/${encodeURIComponent(id)}`);
  }

  /** Return all accounts, the oldest first. */
  async accounts(): Promise<readonly Account[]> {
    return (await this.request<{ accounts: Account[] }>('GET', 'accounts')).accounts;
  }

  async addAccount(account: NewAccount): Promise<void> {
    await this.request('POST', 'accounts', account);
  }

  async changeAccount(id: string, patch: AccountPatch): Promise<void> {
    await this.request('PATCH', `accounts/${encodeURIComponent(id)}`, patch);
  }

  async removeAccount(id: string): Promise<void> {
    await this.request('DELETE', `accounts/${encodeURIComponent(id)}`);
  }

  /** Set the owner's PIN, which the panel asks for. */
  async choosePin(pin: string): Promise<void> {
    await this.request('PUT', 'pin', { pin });
  }

  /** Return entries of the audit log, the newest first; `before` is the id of the oldest that is known. */
  async audit(limit: number, before?: number): Promise<readonly AuditEntry[]> {
    const query = `limit=${limit}${before === undefined ? '' : `&before=${before}`}`;
    return (await this.request<{ entries: AuditEntry[] }>('GET', `audit?${query}`)).entries;
  }
}
