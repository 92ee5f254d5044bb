/** What the experiments on consistent hashing share: named servers, keys from a text or from an ideal hash, and the measures of a set of loads. */
import { quantile } from "../../analysis";
import { ParameterError, checkChoice, checkNumber } from "../../errors";
import { HASH_FUNCTIONS, internKeys, serverHash, uniformKeys, type HashFunction, type HashScheme, type InternedKeys, type ServerHash } from "../../ids";
import type { Parameters, RunContext } from "../define";

/** Parameters of the schemes, with the defaults that their papers or programs use. */
export const SCHEME_PARAMETERS = Object.freeze({ points: 160, tableSize: 65_537, probes: 21, epsilon: 0.25, hash: "murmur3" });

/** A whole number among the parameters. @throws ParameterError when it is missing or out of range */
export function countOf(parameters: Parameters, name: string, min: number, max: number): number {
  return checkNumber(name, parameters[name], { min, max, integer: true });
}

/** Names of servers whose order is that of their numbers: server-1, server-2, ... */
export function serverNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `server-${index + 1}`);
}

/** The scheme with the parameters of an experiment; the placement of its servers differs between replications. */
export function schemeOf(scheme: HashScheme, context: RunContext, servers: readonly string[]): ServerHash {
  const number = (name: "points" | "tableSize" | "probes" | "epsilon") => checkNumber(name, context.parameters[name]);
  const options = { points: scheme === "ring" ? number("points") : 1, tableSize: number("tableSize"), probes: number("probes"), epsilon: number("epsilon") };
  return serverHash(scheme, { ...options, hash: hashOf(context.parameters), seed: context.random("placement").uint32() }, servers);
}

/**
 * The keys of a run: the lines of the parameter `keyText` if it holds any (each once), else `count` keys drawn as an ideal hash function would.
 * @throws ParameterError when `keyText` is no text
 */
export function keysOf(context: RunContext, count: number): InternedKeys {
  const { keyText = "" } = context.parameters;
  if (typeof keyText !== "string") throw new ParameterError({ what: "bad value for keyText", got: keyText, expected: "one key a line", where: "parameter keyText" });
  const lines = [...new Set(keyText.split(/\r?\n/).filter((line) => line !== ""))];
  return lines.length > 0 ? internKeys(lines, hashOf(context.parameters)) : uniformKeys(count, context.random("keys"));
}

/** Number of keys at each server. */
export function loadsOf(owners: Int32Array, servers: number): Float64Array {
  const loads = new Float64Array(servers);
  for (const owner of owners) if (owner >= 0) loads[owner] += 1;
  return loads;
}

/** Largest amount over the mean. */
export function peakOverMean(amounts: Float64Array): number {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return (amounts.reduce((a, b) => Math.max(a, b)) * amounts.length) / total;
}

/** Population standard deviation over the mean. */
export function relativeDeviation(amounts: Float64Array): number {
  const mean = amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
  return Math.sqrt(amounts.reduce((sum, amount) => sum + (amount - mean) * (amount - mean), 0) / amounts.length) / mean;
}

/** The p-quantile of the amounts over their mean. */
export function quantileOverMean(amounts: Float64Array, p: number): number {
  return (quantile([...amounts], p) * amounts.length) / amounts.reduce((sum, amount) => sum + amount, 0);
}

function hashOf(parameters: Parameters): HashFunction {
  return checkChoice("hash", (parameters.hash ?? "murmur3") as HashFunction, HASH_FUNCTIONS);
}
