export type { Cell, Column, Row, Table } from "./table";
