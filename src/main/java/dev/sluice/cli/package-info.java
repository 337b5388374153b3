/**
 * The commands of the jar for recipients of an export: {@code verify} and {@code compare}. It reads manifests and
 * NDJSON of any server, and does not depend on how Sluice creates or stores them. The commands {@code client}, {@code
 * stop} and {@code doctor} are for operators; the root package gives them the database. Start reading at {@link
 * dev.sluice.cli.SluiceCommand}.
 */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
