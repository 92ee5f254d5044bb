/** All schemes by name, for experiments and redirectors that compare them. */
import { ParameterError, checkChoice } from "../../errors";
import { BoundedLoadRing, type BoundedLoadOptions } from "./bounded-loads";
import { JumpHash } from "./jump";
import { MaglevHash, type MaglevOptions } from "./maglev";
import { ModuloHash, type ModuloOptions } from "./modulo";
import { MultiProbeHash, type MultiProbeOptions } from "./multi-probe";
import { RendezvousHash } from "./rendezvous";
import { HashRing, type RingOptions } from "./ring";
import type { ServerHash } from "./server-set";

/** The schemes, from the book's first idea to the latest. */
export const HASH_SCHEMES = ["modulo", "ring", "rendezvous", "jump", "maglev", "multi-probe", "bounded loads"] as const;

/** One of {@link HASH_SCHEMES}. */
export type HashScheme = (typeof HASH_SCHEMES)[number];

/** Options of all schemes together; each takes what it knows. */
export type SchemeOptions = RingOptions & ModuloOptions & MaglevOptions & MultiProbeOptions & BoundedLoadOptions;

/**
 * Makes a scheme.
 *
 * @param scheme its name
 * @param options of this scheme; those of others are ignored
 * @param servers names to add, each of weight 1
 * @throws ParameterError for an unknown name, a bad option or a bad server
 */
export function serverHash(scheme: HashScheme, options: SchemeOptions = {}, servers: readonly string[] = []): ServerHash {
  if (!Array.isArray(servers)) throw new ParameterError({ what: "no list of servers", got: servers, expected: "an array of names", where: "parameter servers" });
  const made = makeScheme(checkChoice("scheme", scheme, HASH_SCHEMES), options);
  for (const server of servers) made.add(server as string);
  return made;
}

function makeScheme(scheme: HashScheme, options: SchemeOptions): ServerHash {
  switch (scheme) {
    case "modulo":
      return new ModuloHash(options);
    case "ring":
      return new HashRing(options);
    case "rendezvous":
      return new RendezvousHash(options);
    case "jump":
      return new JumpHash(options);
    case "maglev":
      return new MaglevHash(options);
    case "multi-probe":
      return new MultiProbeHash(options);
    case "bounded loads":
      return new BoundedLoadRing(options);
  }
}
