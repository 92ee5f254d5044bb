export { armsOf, defineExperiment } from "./define";
export type { Arm, ExperimentDefinition, Factor, Levels, Metric, Oracle, ParameterValue, Parameters, RunContext } from "./define";
export { jobId, runJob, type Job, type JobStore } from "./job";
export { experimentById, EXPERIMENTS } from "./registry";
export type { ExperimentResult, RunMode, SummaryRow } from "./result";
export { runExperiment, type RunOptions as ExperimentOptions, type RunProgress as ExperimentProgress } from "./run";
export { suggestName } from "./suggest";
export * from "./p2p-file-distribution";
export { compareMetrics, metricIn, metricTable } from "./metric-table";
export * from "./overlays-and-tunnels";
<<<<<<< HEAD
export * from "./resilient-overlay-network";
=======
export * from "./consistent-hashing";
>>>>>>> main
