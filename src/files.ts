/** The part of the library that needs Node: scenarios, catalogues, traces and policies from files, and CSV files. */
export { fileBytes, traceInput } from './arrivals/file.ts'
export { csvCells, csvHeader, csvLines } from './results/csv.ts'
export { CsvFileWriter } from './results/csv-file.ts'
export { OutputFolder } from './results/output-folder.ts'
export { loadPolicy } from './routing/load.ts'
export { loadCatalogue, loadScenario, traceOpener } from './scenario/files.ts'
export { SHIPPED_CATALOGUE } from './scenario/shipped.ts'
