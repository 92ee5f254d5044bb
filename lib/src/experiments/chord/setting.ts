/** Rings for the experiments with Chord, from the parameters of a run; and small statistics of whole numbers. */
import { ParameterError, checkNumber } from "../../errors";
import { IdSpace, IdTable } from "../../ids";
import type { Parameters, RunContext } from "../define";

/** A whole-number parameter of a run, checked. */
export function countOf(parameters: Parameters, name: string, min: number, max: number): number {
  return checkNumber(name, parameters[name], { min, max, integer: true });
}

/** A table with so many drawn nodes, from the stream "ids" of the run. */
export function drawnNodes(context: RunContext, nodes: number): IdTable {
  const table = new IdTable(new IdSpace(countOf(context.parameters, "idBits", 24, 160)), nodes);
  table.pushRandom(nodes, context.random("ids"));
  return table;
}

/** The numbers 0 to count - 1. */
export function upTo(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** The nodes that are not among those given. */
export function others(nodes: number, without: readonly number[]): Int32Array {
  const gone = new Set(without);
  return upTo(nodes).filter((node) => !gone.has(node));
}

/** The value below or at which a share p of the values lies (the smallest such value). */
export function percentileOf(values: ArrayLike<number>, p: number): number {
  if (values.length === 0) throw new ParameterError({ what: "a percentile of nothing", expected: "at least one value" });
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

/** The mean. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
