/** The words of a notebook cell. */
export { claim } from "./claim";
export type { ClaimOptions, ClaimValue } from "./claim";
export type { ClaimRecord } from "./claim-record";
export { DataFrame, dataFrame } from "./data-frame";
export type { Aggregate, Groups } from "./data-frame";
export { answerKey, checkAnswer, confirmAnswer } from "./exercise";
export type { AnswerCheck, AnswerState } from "./exercise";
export type { DisplayBundle, NotebookHost } from "./host";
export { enableLiveFigures } from "./live-figures";
export { stepsFromRecording } from "./recorded-steps";
export type { RecordingWords } from "./recorded-steps";
export { show } from "./show";
export type { Showable } from "./show";
export { experiment } from "./experiment";
export type { ExperimentRun, NotebookExperimentOptions } from "./experiment";
export { inputPath, readInput, readInputText } from "./read-input";
