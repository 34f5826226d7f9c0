import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import presets from './providers/presets.json' with { type: 'json' };

/** The environment variables that hold a provider's key: those that presets.json names. */
export const providerKeyVariables: readonly string[] = [
  ...new Set(presets.providers.flatMap(({ envKey }) => (envKey === undefined ? [] : [envKey]))),
];

/** A server named by the operator: any that speaks the OpenAI protocol. */
export interface CustomServer {
  id: string;
  label: string;
  baseURL: string;
  apiKey?: string;
}

/** How long a provider may take, in ms; docs/limits.md has the reasons. */
export interface ProviderLimits {
  connectMs: number;
  firstByteMs: number;
  firstByteLocalMs: number;
  idleMs: number;
  keepAliveOnlyMs: number;
  totalMs: number;
}

export interface Config {
  host: string;
  port: number;
  /** Host names a request may be addressed to, lower case, without port. */
  allowedHosts: ReadonlySet<string>;
  /** Where people reach this server, without a slash at its end; undefined: as the request was addressed. */
  publicUrl: string | undefined;
  /** Others can reach this server: people's own servers must then be public and speak https. */
  isPublic: boolean;
  dataFolder: string;
  store: { kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string };
  /** A Redis or Valkey that servers on one store share; undefined: they hear of each other from the store. */
  redisUrl: string | undefined;
  /** Signs and encrypts cookies; at least 32 characters. */
  secret: string;
  keys: Record<string, string | undefined>;
  custom: CustomServer[];
  /** Undefined: the usual ports of the usual servers. Empty: do not look. */
  localServers: { id: string; label: string; baseURL: string }[] | undefined;
  limits: ProviderLimits;
  /** 1 is the pace of the recording; 10 is ten times as fast. */
  replaySpeed: number;
  /** The pace at which the models inside are read along. */
  insideTokensPerSecond: number;
  /** What operators are told. */
  telemetry: {
    /** A line on standard output for every generation. */
    log: boolean;
    /** What a reader of the metrics must show; undefined: there are none. */
    metricsToken: string | undefined;
    /** Spans are sent where OpenTelemetry's own variables say; undefined: none are. */
    traces: { serviceName: string } | undefined;
  };
  /** So long answers may go on after SIGTERM, in ms. */
  drainMs: number;
  version: string;
  /** Another one for every build, so that a page can tell that its server has changed. */
  build: string;
  isDevelopment: boolean;
}

/** Says everything that is wrong with the environment at once, by variable name. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not right:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const blankIsUnset = (value: unknown) => (typeof value === 'string' && value.trim() === '' ? undefined : value);
const text = z.preprocess(blankIsUnset, z.string().trim().optional());
const printableKey = z.preprocess(
  blankIsUnset,
  z
    .string()
    .trim()
    .max(512, 'is longer than 512 characters')
    .regex(/^[\x21-\x7e]+$/, 'may hold only printable ASCII, without spaces')
    .optional(),
);
const number = (fallback: number, min: number, max: number) =>
  z.preprocess(
    blankIsUnset,
    z.coerce
      .number({ error: 'is not a number' })
      .min(min, `is below ${min}`)
      .max(max, `is above ${max}`)
      .default(fallback),
  );

const baseUrl = z.preprocess(
  blankIsUnset,
  z
    .string()
    .trim()
    .max(2048)
    .refine(isPlainHttpUrl, 'is not a plain http(s) address (no user, query or fragment)')
    .optional(),
);

const publicUrl = baseUrl.refine(
  (value) => value === undefined || !URL.canParse(value) || new URL(value).pathname === '/',
  'has a path; the app is at the root of its address',
);

function isPlainHttpUrl(value: string): boolean {
  if (/[\\\s\p{Cc}]/u.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
}

const schema = z.object({
  HOST: z.preprocess(blankIsUnset, z.string().trim().default('127.0.0.1')),
  PORT: number(3000, 0, 65_535),
  THINKGLASS_OPEN: text,
  THINKGLASS_ALLOWED_HOSTS: text,
  PUBLIC_URL: publicUrl,
  THINKGLASS_DATA: z.preprocess(blankIsUnset, z.string().trim().default('data')),
  THINKGLASS_SECRET: z.preprocess(blankIsUnset, z.string().min(32, 'needs at least 32 characters').optional()),
  THINKGLASS_LOCAL_SERVERS: text,
  THINKGLASS_REPLAY_SPEED: number(1, 0.1, 100_000),
  INSIDE_TOKENS_PER_SECOND: number(60, 1, 100_000),
  THINKGLASS_LOG: z.preprocess(
    blankIsUnset,
    z.enum(['json', 'off'], { error: 'is neither json nor off' }).default('json'),
  ),
  THINKGLASS_METRICS_TOKEN: z.preprocess(
    blankIsUnset,
    z
      .string()
      .trim()
      .min(16, 'needs at least 16 characters')
      .max(512, 'is longer than 512 characters')
      .regex(/^[\x21-\x7e]+$/, 'may hold only printable ASCII, without spaces')
      .optional(),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: text,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: text,
  OTEL_SERVICE_NAME: z.preprocess(blankIsUnset, z.string().trim().default('thinkglass')),
  OTEL_SDK_DISABLED: text,
  DATABASE_URL: z.preprocess(
    blankIsUnset,
    z
      .string()
      .trim()
      .regex(/^postgres(ql)?:\/\//, 'does not begin with postgres://')
      .optional(),
  ),
  DRAIN_MS: number(0, 0, 86_400_000),
  REDIS_URL: z.preprocess(
    blankIsUnset,
    z
      .string()
      .trim()
      .regex(/^rediss?:\/\//, 'does not begin with redis://')
      .optional(),
  ),
  CUSTOM_BASE_URL: baseUrl,
  CUSTOM_API_KEY: printableKey,
  CUSTOM_NAME: z.preprocess(blankIsUnset, z.string().trim().max(60).default('Custom server')),
  PROVIDER_CONNECT_MS: number(10_000, 100, 600_000),
  PROVIDER_FIRST_BYTE_MS: number(120_000, 100, 3_600_000),
  PROVIDER_FIRST_BYTE_LOCAL_MS: number(600_000, 100, 3_600_000),
  PROVIDER_IDLE_MS: number(120_000, 100, 3_600_000),
  PROVIDER_KEEP_ALIVE_ONLY_MS: number(660_000, 100, 3_600_000),
  PROVIDER_TOTAL_MS: number(3_600_000, 1_000, 86_400_000),
  ...Object.fromEntries(providerKeyVariables.map((name) => [name, printableKey])),
});

/** Every environment variable that is read; `.env.example` and docs/configuration.md list the same ones. */
export const environmentVariables: readonly string[] = Object.keys(schema.shape);

/**
 * Turns an environment into a checked configuration. Touches the disk only for the secret, which is made at the first
 * start (a file with mode 600 in the data folder) unless `THINKGLASS_SECRET` is set.
 * @throws ConfigError listing all that is wrong.
 */
export function parseConfig(environment: Record<string, string | undefined>, folder: string): Config {
  const parsed = schema.safeParse(environment);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message.replace(/^Invalid input: /, '')}`);
  if (!parsed.success) throw new ConfigError(problems);
  const env = parsed.data;
  if (!isLoopbackHost(env.HOST) && env.THINKGLASS_OPEN !== '1') {
    problems.push(
      `HOST is ${env.HOST}, which others can reach, and there are no accounts yet: set THINKGLASS_OPEN=1 if everyone who can reach it may use it`,
    );
  }
  const localServers = parseLocalServers(env.THINKGLASS_LOCAL_SERVERS, problems);
  if (problems.length > 0) throw new ConfigError(problems);

  const dataFolder = path.resolve(folder, env.THINKGLASS_DATA);
  const allowedHosts = allowedHostsOf(env.HOST, env.THINKGLASS_ALLOWED_HOSTS, env.PUBLIC_URL);
  const keys = env as unknown as Record<string, string | undefined>; // the spread above makes the key fields invisible to the type
  return {
    host: env.HOST,
    port: env.PORT,
    isPublic: env.THINKGLASS_OPEN === '1' || [...allowedHosts].some((host) => !isLoopbackHost(host)),
    allowedHosts,
    publicUrl: env.PUBLIC_URL?.replace(/\/+$/, ''),
    dataFolder,
    store: env.DATABASE_URL
      ? { kind: 'postgres', url: env.DATABASE_URL }
      : { kind: 'sqlite', path: path.join(dataFolder, 'thinkglass.db') },
    redisUrl: env.REDIS_URL,
    secret: env.THINKGLASS_SECRET ?? readOrCreateSecret(dataFolder),
    keys: Object.fromEntries(providerKeyVariables.map((name) => [name, keys[name]])),
    custom: env.CUSTOM_BASE_URL
      ? [
          {
            id: 'custom',
            label: env.CUSTOM_NAME,
            baseURL: env.CUSTOM_BASE_URL.replace(/\/+$/, ''),
            ...(env.CUSTOM_API_KEY && { apiKey: env.CUSTOM_API_KEY }),
          },
        ]
      : [],
    localServers,
    limits: {
      connectMs: env.PROVIDER_CONNECT_MS,
      firstByteMs: env.PROVIDER_FIRST_BYTE_MS,
      firstByteLocalMs: env.PROVIDER_FIRST_BYTE_LOCAL_MS,
      idleMs: env.PROVIDER_IDLE_MS,
      keepAliveOnlyMs: env.PROVIDER_KEEP_ALIVE_ONLY_MS,
      totalMs: env.PROVIDER_TOTAL_MS,
    },
    replaySpeed: env.THINKGLASS_REPLAY_SPEED,
    insideTokensPerSecond: env.INSIDE_TOKENS_PER_SECOND,
    telemetry: {
      log: env.THINKGLASS_LOG === 'json',
      metricsToken: env.THINKGLASS_METRICS_TOKEN,
      traces: sendsTraces(env) ? { serviceName: env.OTEL_SERVICE_NAME } : undefined,
    },
    drainMs: env.DRAIN_MS,
    version: versionOf(folder),
    build: buildOf(folder),
    isDevelopment: environment.NODE_ENV === 'development',
  };
}

/** As OpenTelemetry's specification has it: an address turns it on, `OTEL_SDK_DISABLED=true` off. */
function sendsTraces(env: {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  OTEL_SDK_DISABLED?: string | undefined;
}): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  return env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined;
}

/** `off`, or `id=url` pairs separated by commas, such as `ollama=http://192.168.0.7:11434/v1`. */
function parseLocalServers(value: string | undefined, problems: string[]): Config['localServers'] {
  if (value === undefined) return undefined;
  if (value.toLowerCase() === 'off') return [];
  return value.split(',').flatMap((entry) => {
    const [id, url] = entry.split(/=(.*)/s).map((s) => s?.trim());
    if (!id || !url || !/^[a-z][a-z0-9-]{0,30}$/.test(id) || !isPlainHttpUrl(url)) {
      problems.push(`THINKGLASS_LOCAL_SERVERS: "${entry.trim().slice(0, 80)}" is not id=http://address`);
      return [];
    }
    return [{ id, label: id, baseURL: url.replace(/\/+$/, '') }];
  });
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function allowedHostsOf(host: string, more: string | undefined, publicUrl: string | undefined): ReadonlySet<string> {
  const own = publicUrl === undefined ? '' : new URL(publicUrl).hostname;
  const named = [host, own, ...(more ?? '').split(',')].map((name) => name.trim()).filter(Boolean);
  return new Set(['127.0.0.1', 'localhost', '[::1]', ...named.map(hostNameAsSent)]);
}

/** As a browser's Host header has it: lower case, IPv6 short and in brackets; the port is not part of it. */
function hostNameAsSent(name: string): string {
  const address = `http://${/^[^[].*:.*:/.test(name) || name.startsWith('::') ? `[${name}]` : name}`;
  return URL.canParse(address) ? new URL(address).hostname : name.toLowerCase();
}

function readOrCreateSecret(dataFolder: string): string {
  const file = path.join(dataFolder, 'secret');
  mkdirSync(dataFolder, { recursive: true });
  try {
    // Exclusive: of two processes that start at once, one creates it and both read the same.
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < 32) {
    throw new ConfigError([`the file "secret" in the data folder is damaged: delete it, or set THINKGLASS_SECRET`]);
  }
  return secret;
}

function versionOf(folder: string): string {
  const manifest = z.object({ version: z.string() });
  return manifest.parse(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))).version;
}

/** As Next.js names it; there is none while the app is developed. */
function buildOf(folder: string): string {
  try {
    return readFileSync(path.join(folder, '.next', 'BUILD_ID'), 'utf8').trim();
  } catch {
    return 'none';
  }
}

let config: Config | undefined;

/** The configuration of this process, read once. */
export function getConfig(): Config {
  config ??= parseConfig(process.env, process.cwd());
  return config;
}
