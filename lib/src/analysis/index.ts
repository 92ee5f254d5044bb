export { cellFault, checkTable, columnOf, numbersOf } from "./check";
export { ecdf, ecdfTable, type EcdfStep } from "./ecdf";
export { giniCoefficient, jainIndex } from "./fairness";
export { meanInterval, pairedInterval, type MeanInterval } from "./interval";
export { quantile, quantileInterval } from "./quantile";
export { studentCoverage, studentFactor } from "./student-t";
export { groupRows, summarise, SUMMARY_COLUMNS, type SummariseOptions } from "./summarise";
export type { Cell, Column, Row, Table } from "./table";
export { evenSteps } from "./steps";
