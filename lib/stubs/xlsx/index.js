"use strict";
// danfojs-node names a spreadsheet reader outside the npm registry, and the registry's copy has open advisories
// (CVE-2023-30533, CVE-2024-22363). This workbook reads CSV and JSON; a spreadsheet is refused.
const refuse = () => {
  throw new Error("Spreadsheets (.xlsx) are not read here: save the sheet as CSV and read that.");
};

exports.read = refuse;
exports.readFile = refuse;
exports.writeFile = refuse;
exports.utils = { sheet_to_json: refuse, json_to_sheet: refuse, book_new: refuse, book_append_sheet: refuse };
