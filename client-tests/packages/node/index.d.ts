import type { SpawnOptions } from "node:child_process";

export interface Account {
  upn: string;
  password: string | null;
}

export interface Entry {
  request_id: string;
  at: string;
  surface: string;
  method: string;
  url: string;
  status: number;
  code: string | null;
  decision: Record<string, unknown> | null;
}

export declare class Tenant {
  readonly id: string;
  readonly domain: string;
  readonly subscription: string;
  readonly accounts: Record<string, Account>;
  readonly apps: Record<string, Record<string, string>>;
  readonly handout: Record<string, unknown>;
  clock(now: string): Promise<unknown>;
  phase2(starts: string | null): Promise<unknown>;
  policies(change: Record<string, unknown>): Promise<unknown>;
  explain(attempt: Record<string, unknown>): Promise<Record<string, any>>;
  journal(limit?: number): Promise<Entry[]>;
  environment(): Record<string, string>;
  run(command: string, args?: string[], options?: SpawnOptions): Promise<{ code: number | null; stdout: string; stderr: string }>;
  delete(): Promise<unknown>;
}

export declare class Simulator {
  readonly https: string;
  readonly http: string;
  readonly url: string;
  readonly ca: string;
  readonly tenant: Tenant;
  newTenant(wish?: Record<string, unknown>): Promise<Tenant>;
  control(method: string, path: string, body?: unknown): Promise<any>;
  stop(): Promise<void>;
}

export declare function start(options?: { args?: string[]; binary?: string }): Promise<Simulator>;
