export { armsOf, defineExperiment } from "./define";
export type { Arm, ExperimentDefinition, Factor, Metric, Oracle, ParameterValue, Parameters, RunContext } from "./define";
export * from "./p2p-file-distribution";
