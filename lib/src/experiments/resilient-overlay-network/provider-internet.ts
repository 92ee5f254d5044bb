/**
 * A synthetic Internet for RON: sites in real cities, each a customer of one provider; providers with routers in some of the cities, joined by lines between
 * near ones; and peerings, few and in few places, between providers. Routes cross as few and as cheap peerings as they can, whatever the distance: that is where
 * detours come from, as the book says of BGP ("who is paying whom"). What a link loses and how dear it is are drawn.
 */
import { ParameterError, checkNumber } from "../../errors";
import { RouterGraph, fibreDelayUs, type LinkSpec, type Position } from "../../network";
import type { RandomStream } from "../../simulation";

/** A city. */
export interface City extends Position {
  readonly name: string;
  /** Three letters, for narrow tables. */
  readonly code: string;
}

/** Where sites are, in turn: North America first, then Europe and Asia, much as the sites of the original. Positions to a tenth of a degree. */
export const SITE_CITIES: readonly City[] = Object.freeze([
  ["Boston", "BOS", 42.4, -71.1], ["Salt Lake City", "SLC", 40.8, -111.9], ["Amsterdam", "AMS", 52.4, 4.9], ["Los Angeles", "LAX", 34.1, -118.2], ["New York", "NYC", 40.7, -74.0], ["Pittsburgh", "PIT", 40.4, -80.0],
  ["Seoul", "SEL", 37.6, 127.0], ["San Francisco", "SFO", 37.8, -122.4], ["Chicago", "CHI", 41.9, -87.6], ["London", "LON", 51.5, -0.1], ["Atlanta", "ATL", 33.7, -84.4], ["Seattle", "SEA", 47.6, -122.3],
  ["Washington", "WAS", 38.9, -77.0], ["Dallas", "DFW", 32.8, -96.8], ["Frankfurt", "FRA", 50.1, 8.7], ["Tokyo", "TYO", 35.7, 139.7], ["Denver", "DEN", 39.7, -105.0], ["Toronto", "YTO", 43.7, -79.4],
].map(([name, code, latitude, longitude]) => Object.freeze({ name: name as string, code: code as string, latitude: latitude as number, longitude: longitude as number })));

/** What a link is. */
export type LinkKind = "access" | "backbone" | "peering";

/** A drawn Internet. */
export interface ProviderInternet {
  /** Router h is site h; the providers' routers follow. */
  readonly graph: RouterGraph;
  readonly sites: number;
  /** Names of the sites: the city, with a number from the second site there on. */
  readonly names: readonly string[];
  /** The same in three letters. */
  readonly codes: readonly string[];
  /** City and provider of each router; provider -1 for a site. */
  readonly cityOf: readonly number[];
  readonly providerOf: readonly number[];
  /** Kind and loss rate of each physical link. */
  readonly kinds: readonly LinkKind[];
  readonly linkLoss: Float64Array;
}

/** Sizes of a {@link ProviderInternet}. */
export interface ProviderInternetOptions {
  /** 2..512 */
  readonly sites: number;
  /** 1..16 */
  readonly providers: number;
  /** Share of lost packets on a peering, drawn uniformly from 0 to this; 0..1, 0.01 if absent (ours). */
  readonly peeringLossMost?: number;
  /** Rate of a peering, bit/s, > 0; Infinity (never a bottleneck) if absent. */
  readonly peeringBps?: number;
  readonly random: RandomStream;
}

/** Chance that a provider has a router in a city (ours). */
const PRESENCE = 0.6;
/** Weight of a peering against that of a line, which is its delay in ms: a route leaves a provider only where it must. */
const PEERING_WEIGHT = 1000;
/** Share lost on access lines and backbones (ours). */
const ACCESS_LOSS = 0.0005;
const BACKBONE_LOSS = 0.0001;

/**
 * Draws an Internet.
 *
 * @throws ParameterError for sizes out of range
 */
export function providerInternet(options: ProviderInternetOptions): ProviderInternet {
  const { random } = options;
  const sites = checkNumber("sites", options.sites, { min: 2, max: 512, integer: true });
  const providers = checkNumber("providers", options.providers, { min: 1, max: 16, integer: true });
  const peeringLossMost = checkNumber("peeringLossMost", options.peeringLossMost ?? 0.01, { min: 0, max: 1 });
  const peeringBps = options.peeringBps ?? Infinity;
  const cities = Math.min(sites, SITE_CITIES.length);
  const cityOf = Array.from({ length: sites }, (_, site) => site % cities);
  const providerOf = new Array<number>(sites).fill(-1);
  const named = (name: "name" | "code") => cityOf.slice(0, sites).map((city, site) => (site < cities ? SITE_CITIES[city][name] : `${SITE_CITIES[city][name]} ${Math.floor(site / cities) + 1}`));
  const [names, codes] = [named("name"), named("code")];
  const links: (LinkSpec & { readonly kind: LinkKind; readonly loss: number })[] = [];
  const routers = placeRouters(providers, cities, random).map((present, provider) => present.map((city) => {
    cityOf.push(city);
    providerOf.push(provider);
    return cityOf.length - 1;
  }));
  const join = (from: number, to: number, kind: LinkKind, loss: number, price = 1) => {
    const delayUs = Math.max(100, Math.ceil(fibreDelayUs(SITE_CITIES[cityOf[from]], SITE_CITIES[cityOf[to]], 1.5)));
    links.push({ from, to, delayUs, capacityBps: kind === "peering" ? peeringBps : Infinity, weight: kind === "peering" ? PEERING_WEIGHT * price : Math.max(0.1, delayUs / 1000), kind, loss });
  };
  for (let site = 0; site < sites; site++) {
    const near = routers.flat().filter((router) => cityOf[router] === cityOf[site]);
    join(site, random.pick(near), "access", ACCESS_LOSS);
  }
  for (const own of routers) joinNear(own, cityOf, (a, b) => join(a, b, "backbone", BACKBONE_LOSS));
  for (let a = 0; a < providers; a++) {
    for (let b = a + 1; b < providers; b++) {
      // One peering in a ring of providers always, others with a chance; a second place for some.
      const places = b === a + 1 || (a === 0 && b === providers - 1) ? 1 + random.integer(2) : random.integer(3);
      for (const [x, y] of peeringPlaces(routers[a], routers[b], cityOf, places, random)) join(x, y, "peering", random.uniform() * peeringLossMost, 1 + 2 * random.uniform());
    }
  }
  const graph = new RouterGraph(cityOf.length, links, cityOf.map((city, router) => (router < sites ? names[router] : `${"ABCDEFGHIJKLMNOP"[providerOf[router]]}/${SITE_CITIES[city].name}`)));
  return { graph, sites, names, codes, cityOf, providerOf, kinds: links.map(({ kind }) => kind), linkLoss: Float64Array.from(links, ({ loss }) => loss) };
}

/** Cities of each provider: some at random, at least two where there are two, and no city without any provider. */
function placeRouters(providers: number, cities: number, random: RandomStream): number[][] {
  const present = Array.from({ length: providers }, () => Array.from({ length: cities }, (_, city) => city).filter(() => random.uniform() < PRESENCE));
  for (const own of present) while (own.length < Math.min(2, cities)) {
    const city = random.integer(cities);
    if (!own.includes(city)) own.push(city);
  }
  for (let city = 0; city < cities; city++) if (!present.some((own) => own.includes(city))) present[random.integer(providers)].push(city);
  return present.map((own) => [...own].sort((a, b) => a - b));
}

/** Joins each router to the nearest before it, and to one more: a tree with some rings. */
function joinNear(own: readonly number[], cityOf: readonly number[], join: (a: number, b: number) => void): void {
  const farUs = (a: number, b: number) => fibreDelayUs(SITE_CITIES[cityOf[a]], SITE_CITIES[cityOf[b]]);
  own.forEach((router, index) => {
    const before = own.slice(0, index).sort((a, b) => farUs(router, a) - farUs(router, b) || a - b);
    for (const near of before.slice(0, 2)) join(router, near);
  });
}

/** Pairs of routers of two providers that peer: in common cities if there are any, else the nearest pair. */
function peeringPlaces(a: readonly number[], b: readonly number[], cityOf: readonly number[], count: number, random: RandomStream): [number, number][] {
  const common = a.flatMap((x) => b.filter((y) => cityOf[x] === cityOf[y]).map((y): [number, number] => [x, y]));
  if (common.length > 0) return random.shuffle(common).slice(0, count);
  let nearest: [number, number] | undefined;
  let leastUs = Infinity;
  for (const x of a) for (const y of b) {
    const us = fibreDelayUs(SITE_CITIES[cityOf[x]], SITE_CITIES[cityOf[y]]);
    if (us < leastUs) [nearest, leastUs] = [[x, y], us];
  }
  if (nearest === undefined) throw new ParameterError({ what: "a provider without routers", expected: "at least one city for each" });
  return count === 0 ? [] : [nearest];
}
