/** Types of the statistics packages: jstat ships none, and those of simple-statistics cannot be read from a CommonJS module. */

declare module "jstat" {
  /** The library as one object. */
  export const jStat: {
    readonly studentt: {
      /** Quantile of Student's t with `df` degrees of freedom, good to about seven digits. */
      inv(p: number, df: number): number;
    };
  };
}

declare module "simple-statistics" {
  /** Arithmetic mean by a compensated sum. */
  export function mean(values: readonly number[]): number;
  /** Standard deviation with n - 1 in the denominator. */
  export function sampleStandardDeviation(values: readonly number[]): number;
  /** Quantile of values in rising order, type 7 of Hyndman and Fan. */
  export function quantileSorted(values: readonly number[], p: number): number;
}
