/**
 * The commands of the jar for those who receive an export: {@code verify} and {@code compare}. It reads manifests and
 * NDJSON of any server, and must not know how Sluice makes or stores them. Start reading at {@link
 * dev.sluice.cli.SluiceCommand}.
 */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
