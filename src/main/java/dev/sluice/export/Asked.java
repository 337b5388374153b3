package dev.sluice.export;

/**
 * A kick-off while it is being read.
 *
 * @param scope the level, from the path
 * @param given the parameters as they came
 * @param complaints takes what is wrong with them
 */
record Asked(ExportScope scope, KickOffParameters given, Complaints complaints) {}
