export { armsOf, defineExperiment } from "./define";
export type { Arm, ExperimentDefinition, Factor, Metric, Oracle, ParameterValue, Parameters, RunContext } from "./define";
