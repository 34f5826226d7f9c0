import dns from 'node:dns';
import type { LookupAddress } from 'node:dns';
import net, { type LookupFunction } from 'node:net';
import { domainToUnicode } from 'node:url';
import ipaddr from 'ipaddr.js';
import { type AddressRefusal, AppError } from '../../errors.ts';
import { errorSentence } from '../../sentences.ts';
import { parseBaseURL } from './upstream-fetch.ts';

/** Decides which addresses a person may make this server call. The operator's own servers do not pass here. */
export interface AddressGuard {
  /**
   * Checks a base URL a person has entered: its form, its address, and what its name leads to now. A name that cannot be
   * found passes, as it leads nowhere. Answers the base URL as it is kept.
   * @throws AppError `bad_request`, saying why it is refused.
   */
  check(baseURL: string): Promise<string>;
  /**
   * Checks where a connection is about to go, as far as its own words tell; its name is checked by `lookup`.
   * @throws AppError
   */
  checkTarget(target: ConnectionTarget): void;
  /** Finds a name's addresses for one connection to `port`, and refuses them all if one is bad. */
  lookup(port: number): LookupFunction;
}

export interface ConnectionTarget {
  /** `https:` or `http:`. */
  protocol: string;
  /** A name or an address, IPv6 without brackets. */
  hostname: string;
  port: number;
}

export interface AddressGuardOptions {
  /** Others can reach this server: then it calls only public addresses, and only over https. */
  isPublic: boolean;
  /** This server's own port, so that it does not call itself. */
  ownPort: number;
  /** All addresses of a name; the system's resolver when absent. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
}

const maxResolveMs = 3_000;

/** Where clouds hand out their credentials, beside the link-local ones (which are refused as such). */
const metadataAddresses = new Set([
  '100.100.100.200', // Alibaba Cloud
  '168.63.129.16', // Azure
  'fd00:ec2::254', // AWS
  'fd20:ce::254', // Google Cloud
  'fd00:42::42', // Scaleway
]);

/** Ports of other services, which no page or program may be made to speak to (WHATWG Fetch, "port blocking"). */
const badPorts = new Set([
  ...[0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109],
  ...[110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530],
  ...[531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190],
  ...[5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

const localRanges = new Set(['loopback', 'private', 'carrierGradeNat', 'uniqueLocal']);

/** The guard of every call to an address that a person entered: the same for saving, listing, testing and asking. */
export function createAddressGuard(options: AddressGuardOptions): AddressGuard {
  const resolve = options.resolve ?? resolveBySystem;

  const checkTarget = ({ protocol, hostname, port }: ConnectionTarget) => {
    if (options.isPublic && protocol !== 'https:') {
      throw refusal(hostname, 'no-https');
    }
    if (net.isIP(hostname) !== 0) checkAddress(hostname, hostname, port);
  };
  const checkAddress = (address: string, hostname: string, port: number) => {
    const reason = findRefusal(address, options.isPublic);
    if (reason) throw refusal(hostname, reason);
    if (port === options.ownPort && kindOf(address) === 'loopback') {
      throw refusal(hostname, 'this-server');
    }
  };
  const checkAll = (addresses: readonly LookupAddress[], hostname: string, port: number) => {
    for (const { address } of addresses) checkAddress(address, hostname, port);
  };

  return {
    async check(text) {
      const baseURL = parseBaseURL(text);
      const target = targetOf(new URL(baseURL));
      refuseUnusable(target);
      checkTarget(target);
      if (net.isIP(target.hostname) === 0) {
        checkAll(await resolveInTime(resolve, target.hostname), target.hostname, target.port);
      }
      return baseURL;
    },
    checkTarget,
    lookup: (port) => (hostname, lookupOptions, callback) => {
      resolve(hostname)
        .then((addresses) => {
          checkAll(addresses, hostname, port);
          const { family } = lookupOptions;
          const wanted = family === 4 || family === 6 ? addresses.filter((a) => a.family === family) : addresses;
          const first = wanted[0];
          if (!first) throw Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' });
          // What was checked is what is connected to: the name is not looked up again.
          if (lookupOptions.all) callback(null, wanted);
          else callback(null, first.address, first.family);
        })
        .catch((error: Error) => callback(error, '', 0));
    },
  };
}

/**
 * Why an address must not be called; undefined when it may be. Decided on the address as a number, whatever way it was
 * written.
 */
export function findRefusal(address: string, isPublic: boolean): AddressRefusal | undefined {
  const kind = kindOf(address);
  if (kind === 'public') return undefined;
  if (kind === 'special') return 'reserved';
  if (!isPublic) return undefined;
  return kind === 'loopback' ? 'own-machine' : 'private-network';
}

/** `special`: link-local (where clouds keep their credentials), multicast, reserved, or a tunnel to another address. */
function kindOf(address: string): 'public' | 'loopback' | 'private' | 'special' {
  if (!ipaddr.isValid(address) || address.includes('%')) return 'special';
  const parsed = ipaddr.process(address); // IPv4-mapped addresses become what they stand for
  if (metadataAddresses.has(parsed.toString())) return 'special';
  const range = parsed.range();
  if (range === 'loopback') return 'loopback';
  if (localRanges.has(range)) return 'private';
  if (range !== 'unicast') return 'special';
  // All of IPv6 that has been given out is in 2000::/3; the rest is nobody's.
  return parsed.kind() === 'ipv4' || ((parsed.toByteArray()[0] ?? 0) & 0xe0) === 0x20 ? 'public' : 'special';
}

/** @throws AppError `bad_request` for a port of another service, or a name that stands for none. */
function refuseUnusable({ hostname, port }: ConnectionTarget): void {
  const refuse = (why: string) =>
    new AppError('bad_request', `This base URL cannot be used: ${why}.`, { field: 'baseURL' });
  if (badPorts.has(port)) throw refuse(`port ${port} belongs to another kind of service`);
  const isReadable = (label: string) => !label.startsWith('xn--') || !/^(xn--|$)/.test(domainToUnicode(label));
  if (!hostname.toLowerCase().split('.').every(isReadable)) {
    throw refuse('a part of its name begins with xn-- and stands for no letters');
  }
}

/** Logged by host alone: an address may hold what is not for a log. */
function refusal(hostname: string, reason: AddressRefusal): AppError {
  console.warn(`address-guard: refused ${JSON.stringify(hostname.slice(0, 200))}: ${reason}`);
  const told = { code: 'address-refused', facts: { reason } } as const;
  return new AppError('bad_request', errorSentence(told), { told, field: 'baseURL' });
}

function targetOf(url: URL): ConnectionTarget {
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return { protocol: url.protocol, hostname, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)) };
}

function resolveBySystem(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    dns.lookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}

/** No addresses when there are none, or none in time; each connection looks again. */
async function resolveInTime(
  resolve: (hostname: string) => Promise<LookupAddress[]>,
  hostname: string,
): Promise<LookupAddress[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<LookupAddress[]>((give) => {
    timer = setTimeout(() => give([]), maxResolveMs);
  });
  try {
    return await Promise.race([resolve(hostname).catch(() => []), late]);
  } finally {
    clearTimeout(timer);
  }
}
