/**
 * Tables for data lakes: files in the format Parquet. It knows neither exports nor resources. Start reading at {@link
 * dev.sluice.lake.TableWriter}.
 */
@NullMarked
package dev.sluice.lake;

import org.jspecify.annotations.NullMarked;
