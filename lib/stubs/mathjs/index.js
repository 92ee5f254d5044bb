"use strict";
// danfojs-node uses five statistics of mathjs (21 MB). simple-statistics, which this project ships anyway, computes them.
const statistics = require("simple-statistics");

exports.mean = (values) => statistics.mean(values);
exports.median = (values) => statistics.median(values);
exports.std = (values) => statistics.sampleStandardDeviation(values);
exports.variance = (values) => statistics.sampleVariance(values);

/** As in mathjs, every value of the highest frequency, in order of first appearance. */
exports.mode = (values) => {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const highest = Math.max(...counts.values());
  return [...counts.keys()].filter((value) => counts.get(value) === highest);
};
